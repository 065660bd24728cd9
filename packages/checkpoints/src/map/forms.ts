import { type Shape, sizeOf } from '@alexnet/core';
import type { Layout } from '../checkpoint-file.ts';
import type { Role } from './roles.ts';
import type { Axis } from './scatter.ts';

/** How a file must hold a parameter, and where its elements belong in ours. */
export interface Form {
  /** The shape in the file. */
  readonly shape: Shape;
  /** For each axis in the file, outermost first, the steps that its elements make in our tensor: nearly always one kind of step. */
  readonly axes: readonly (readonly Axis[])[];
  /** For people; undefined when nothing moves. */
  readonly conversion?: string;
}

/** The form of a parameter in a layout. Convolution weights are OIHW here, linear weights [out, in], flattened images CHW. */
export function formOf({ shape, op, part, image }: Role, layout: Layout): Form {
  if (part === 'weight' && op === 'conv2d') return convolution(shape as Rank4, layout);
  if (part === 'weight' && op === 'linear') return linear(shape as Rank2, layout, image as Rank3 | undefined);
  return unmoved(shape);
}

type Rank2 = readonly [number, number];
type Rank3 = readonly [number, number, number];
type Rank4 = readonly [number, number, number, number];

/** Groups need nothing of their own: in every format they are blocks of the output axis, and the input axis has one group's channels. */
function convolution(shape: Rank4, { conv }: Layout): Form {
  if (conv === 'OIHW') return unmoved(shape);
  const [out, into, height, width] = shape;
  const taps = height * width;
  return {
    shape: [height, width, into, out],
    axes: [
      [{ extent: height, stride: width }],
      [{ extent: width, stride: 1 }],
      [{ extent: into, stride: taps }],
      [{ extent: out, stride: into * taps }],
    ],
    conversion: 'HWIO to OIHW',
  };
}

function linear(shape: Rank2, layout: Layout, image: Rank3 = [shape[1], 1, 1]): Form {
  const [out, features] = shape;
  const [channels, height, width] = image;
  const taps = height * width;
  const rewired = layout.flatten === 'HWC' && channels > 1 && taps > 1;
  if (layout.linear === 'OI' && !rewired) return unmoved(shape);
  const rows = [{ extent: out, stride: features }];
  const inAxes = rewired
    ? [
        { extent: taps, stride: 1 },
        { extent: channels, stride: taps },
      ]
    : [{ extent: features, stride: 1 }];
  const moves = [...(layout.linear === 'IO' ? ['transposed'] : []), ...(rewired ? ['HWC to CHW'] : [])];
  return layout.linear === 'IO'
    ? { shape: [features, out], axes: [inAxes, rows], conversion: moves.join(', ') }
    : { shape, axes: [rows, inAxes], conversion: moves.join(', ') };
}

function unmoved(shape: Shape): Form {
  return { shape, axes: shape.map((extent, axis) => [{ extent, stride: sizeOf(shape.slice(axis + 1)) }]) };
}

/** The axis of a file's tensor along which the layer's outputs lie. */
export function outAxis({ op, part }: Role, { conv, linear: weights }: Layout): number {
  if (part !== 'weight') return 0;
  if (op === 'conv2d') return conv === 'OIHW' ? 0 : 3;
  return op === 'linear' && weights === 'IO' ? 1 : 0;
}
