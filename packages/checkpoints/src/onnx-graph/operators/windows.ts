import type { Pads, Pair } from '@alexnet/core';
import type { OnnxNode } from '../../onnx/read-node.ts';
import { refuse } from '../refusal.ts';
import type { Flow } from '../scope.ts';

/** Where the windows of a convolution or pooling lie. */
export interface Windows {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly pads: Pads;
}

/** `[C, H, W]` of a value. Refuses what is no batch of images. */
export function imageOf({ shape }: Flow, op: string): readonly [number, number, number] {
  const [channels, height, width] = shape;
  if (shape.length === 3) return [channels!, height!, width!];
  return refuse(`${op} over ${Math.max(0, shape.length - 1)} spatial dimensions, not 2`);
}

/** Reads the attributes of a node over images of `[height, width]`. `kernel` is that of the weights, where there are some. */
export function windowsOf(node: OnnxNode, [height, width]: Pair, kernel?: Pair): Windows {
  const { window, autoPad, op } = node;
  const given = window.get('kernel_shape');
  const extent = kernel ?? pairOf(given, op, 'kernel_shape') ?? refuse(`${op} without kernel_shape`);
  if (given !== undefined && (given[0] !== extent[0] || given[1] !== extent[1] || given.length !== 2)) {
    refuse(`${op} whose kernel_shape is not that of its weights`);
  }
  const stride = pairOf(window.get('strides'), op, 'strides') ?? ([1, 1] as const);
  const dilations = pairOf(window.get('dilations'), op, 'dilations') ?? [1, 1];
  if (dilations.some((dilation) => dilation !== 1)) refuse(`${op} with dilations`);
  return { kernel: extent, stride, pads: padsOf(autoPad, window.get('pads'), op, [height, width], extent, stride) };
}

function padsOf(
  autoPad: string,
  list: readonly number[] = [0, 0, 0, 0],
  op: string,
  extents: Pair,
  kernel: Pair,
  stride: Pair,
): Pads {
  if (autoPad === 'VALID') return { top: 0, left: 0, bottom: 0, right: 0 };
  if (autoPad === '' || autoPad === 'NOTSET') {
    const [top, left, bottom, right] = list;
    if (list.length !== 4) refuse(`${op} whose pads are not those of 2 dimensions`);
    return { top: top!, left: left!, bottom: bottom!, right: right! };
  }
  if (autoPad !== 'SAME_UPPER' && autoPad !== 'SAME_LOWER') refuse(`${op} with an auto_pad that ONNX does not have`);
  const [top, bottom] = same(autoPad, extents[0], kernel[0], stride[0]);
  const [left, right] = same(autoPad, extents[1], kernel[1], stride[1]);
  return { top, left, bottom, right };
}

/** As many outputs as there are strides in the image; an odd element goes to the end, or with SAME_LOWER to the beginning. */
function same(autoPad: 'SAME_UPPER' | 'SAME_LOWER', extent: number, kernel: number, stride: number): Pair {
  const total = Math.max(0, (Math.ceil(extent / stride) - 1) * stride + kernel - extent);
  const less = Math.floor(total / 2);
  return autoPad === 'SAME_UPPER' ? [less, total - less] : [total - less, less];
}

function pairOf(list: readonly number[] | undefined, op: string, name: string): Pair | undefined {
  if (list === undefined) return undefined;
  const [height, width] = list;
  if (list.length !== 2) return refuse(`${op} whose ${name} are not those of 2 dimensions`);
  return [height!, width!];
}
