import type { NodeOf } from '@alexnet/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Compute, LowerContext } from './context.ts';
import { explicitPads } from './conv2d.ts';

/**
 * Padding and rounding up are written as rows and columns of minus infinity, which no maximum ever takes: as many as the last window
 * reaches beyond the image. What it does not reach is not added.
 */
export function maxPool2d(node: NodeOf<'maxPool2d'>, { tf, shapeOf }: LowerContext): Compute {
  const [, height, width] = shapeOf(node.inputs[0]) as [number, number, number];
  const [, rows, columns] = shapeOf(node.name) as [number, number, number];
  const { top, left } = node.pads;
  const reach = (out: number, axis: 0 | 1) => (out - 1) * node.stride[axis] + node.kernel[axis];
  const bottom = Math.max(0, reach(rows, 0) - height - top);
  const right = Math.max(0, reach(columns, 1) - width - left);
  const pads = explicitPads({ top, left, bottom, right });
  const padded = top + left + bottom + right > 0;
  return (x) => {
    const from = padded ? tf.pad(x as Tensor4D, pads, Number.NEGATIVE_INFINITY) : (x as Tensor4D);
    return tf.maxPool(from, [...node.kernel], [...node.stride], 'valid');
  };
}

/** The identity, a pooling where all windows have one size, else two products with the weights of the windows. */
export function adaptiveAvgPool2d(node: NodeOf<'adaptiveAvgPool2d'>, { tf, hold, shapeOf }: LowerContext): Compute {
  const [, height, width] = shapeOf(node.inputs[0]) as [number, number, number];
  const [rows, columns] = node.output;
  if (height === rows && width === columns) return (x) => tf.clone(x);
  if (height % rows === 0 && width % columns === 0) {
    const window: [number, number] = [height / rows, width / columns];
    return (x) => tf.avgPool(x as Tensor4D, window, window, 'valid');
  }
  const down = hold(() => tf.tensor2d(averages(rows, height), [rows, height]));
  const across = hold(() => tf.tensor2d(averages(columns, width), [columns, width]));
  return (x) => {
    const [n, , , channels] = x.shape as [number, number, number, number];
    const planes = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [n * channels * height, width]);
    const narrow = tf.reshape(tf.matMul(planes, across, false, true), [n * channels, height, columns]);
    const upright = tf.reshape(tf.transpose(narrow, [0, 2, 1]), [n * channels * columns, height]);
    const small = tf.reshape(tf.matMul(upright, down, false, true), [n, channels, columns, rows]);
    return tf.transpose(small, [0, 3, 2, 1]);
  };
}

/** [windows, extent]: row i averages the elements of window i. */
function averages(windows: number, extent: number): Float32Array {
  const data = new Float32Array(windows * extent);
  for (let i = 0; i < windows; i++) {
    const from = Math.floor((i * extent) / windows);
    const to = Math.ceil(((i + 1) * extent) / windows);
    data.fill(1 / (to - from), i * extent + from, i * extent + to);
  }
  return data;
}
