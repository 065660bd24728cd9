import { type NodeOf, type Pair, sizeOf } from '@alexnet/core';
import { poolPadding } from '../lower/pool-padding.ts';
import { type Constant, floats, integers as int32 } from './constant.ts';
import { float32, integers, type NodeDef, text } from './graph-def.ts';
import { type Lowered, type LoweringContext, node } from './lowered.ts';

/**
 * MaxPool has no padding of its own but TensorFlow's SAME, which is used where it means the same.
 * Other padding is written in front of it, with minus infinity.
 */
export function lowerMaxPool(layer: NodeOf<'maxPool2d'>, { shapeOf, part }: LoweringContext): Lowered {
  const { name, inputs, kernel, stride } = layer;
  const { kind, pads } = poolPadding(layer, shapeOf(inputs[0]), shapeOf(name));
  if (kind === 'valid') return { nodes: [pool('MaxPool', name, inputs, kernel, stride, 'VALID')] };
  if (kind === 'same') return { nodes: [pool('MaxPool', name, inputs, kernel, stride, 'SAME')] };
  const padded = part(name, 'padded');
  const paddings = int32(part(name, 'paddings'), [4, 2], [0, 0, pads.top, pads.bottom, pads.left, pads.right, 0, 0]);
  const lowest = floats(part(name, 'lowest'), [], Float32Array.of(Number.NEGATIVE_INFINITY));
  return {
    nodes: [
      node('PadV2', padded, [...inputs, paddings.name, lowest.name], float32),
      pool('MaxPool', name, [padded], kernel, stride, 'VALID'),
    ],
    constants: [paddings, lowest],
  };
}

/** AvgPool where all windows have one size, else a product with the matrix that averages. */
export function lowerAveragePool(layer: NodeOf<'adaptiveAvgPool2d'>, { shapeOf, part }: LoweringContext): Lowered {
  const { name, inputs, output } = layer;
  const image = shapeOf(inputs[0]) as [number, number, number];
  const [channels, height, width] = image;
  const [rows, cols] = output;
  if (rows === height && cols === width) return { nodes: [node('Identity', name, inputs, float32)] };
  if (height % rows === 0 && width % cols === 0) {
    const kernel = [height / rows, width / cols] as const;
    return { nodes: [pool('AvgPool', name, inputs, kernel, kernel, 'VALID')] };
  }
  const constants = [
    int32(part(name, 'flat'), [3], [-1, height * width, channels]),
    averaging(part(name, 'windows'), [height, width], output),
    int32(part(name, 'image'), [4], [-1, rows, cols, channels]),
  ] as const;
  const [flat, windows, shape] = constants;
  return {
    nodes: [
      node('Reshape', part(name, 'pixels'), [...inputs, flat.name], float32),
      node('BatchMatMulV2', part(name, 'means'), [windows.name, part(name, 'pixels')], float32),
      node('Reshape', name, [part(name, 'means'), shape.name], float32),
    ],
    constants,
  };
}

/** `[1, rows * cols, height * width]`: each row has the weights of one window, for the batch's images alike. */
function averaging(name: string, [height, width]: Pair, output: Pair): Constant {
  const [rows, cols] = output;
  const data = new Float32Array(sizeOf(output) * height * width);
  for (let i = 0; i < rows; i++) {
    const [top, bottom] = window(i, rows, height);
    for (let j = 0; j < cols; j++) {
      const [left, right] = window(j, cols, width);
      const at = (i * cols + j) * height * width;
      for (let y = top; y < bottom; y++)
        data.fill(1 / ((bottom - top) * (right - left)), at + y * width + left, at + y * width + right);
    }
  }
  return floats(name, [1, rows * cols, height * width], data);
}

function window(index: number, count: number, extent: number): [from: number, to: number] {
  return [Math.floor((index * extent) / count), Math.ceil(((index + 1) * extent) / count)];
}

function pool(
  op: 'MaxPool' | 'AvgPool',
  name: string,
  inputs: readonly string[],
  kernel: Pair,
  stride: Pair,
  padding: 'SAME' | 'VALID',
): NodeDef {
  return node(op, name, inputs, {
    ...float32,
    ksize: integers([1, ...kernel, 1]),
    strides: integers([1, ...stride, 1]),
    padding: text(padding),
    data_format: text('NHWC'),
  });
}
