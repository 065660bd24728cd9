import type { NodeOf, Pads } from '@alexnet/core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import type { Compute, LowerContext } from './context.ts';
import { explicitPads } from './conv2d.ts';
import { poolPadding } from './pool-padding.ts';

/**
 * Padding and rounding up are TensorFlow's SAME where that means the same. Else they are written as rows and columns of minus infinity,
 * which no maximum ever takes: as many as the last window reaches beyond the image. What it does not reach is not added.
 */
export function maxPool2d(node: NodeOf<'maxPool2d'>, { tf, shapeOf }: Pick<LowerContext, 'tf' | 'shapeOf'>): Compute {
  const { kind, pads } = poolPadding(node, shapeOf(node.inputs[0]), shapeOf(node.name));
  const [kernel, stride] = [[...node.kernel], [...node.stride]] as [[number, number], [number, number]];
  if (kind === 'same') return (x) => tf.maxPool(x as Tensor4D, kernel, stride, 'same');
  return (x) => tf.maxPool(padLowest(tf, x, pads), kernel, stride, 'valid');
}

/** Images with minus infinity around them. */
export function padLowest(tf: Tfjs, x: Tensor, pads: Pads): Tensor4D {
  const padded = pads.top + pads.left + pads.bottom + pads.right > 0;
  return padded ? tf.pad(x as Tensor4D, explicitPads(pads), Number.NEGATIVE_INFINITY) : (x as Tensor4D);
}

/** The identity, a pooling where all windows have one size, else two products with the weights of the windows. */
export function adaptiveAvgPool2d(
  node: NodeOf<'adaptiveAvgPool2d'>,
  { tf, hold, shapeOf }: Pick<LowerContext, 'tf' | 'hold' | 'shapeOf'>,
): Compute {
  const [, height, width] = shapeOf(node.inputs[0]) as [number, number, number];
  const [rows, columns] = node.output;
  if (height === rows && width === columns) return (x) => tf.clone(x);
  if (height % rows === 0 && width % columns === 0) {
    const window: [number, number] = [height / rows, width / columns];
    return (x) => tf.avgPool(x as Tensor4D, window, window, 'valid');
  }
  const down = hold(() => tf.tensor2d(averages(rows, height), [rows, height]));
  const across = hold(() => tf.tensor2d(averages(columns, width), [columns, width]));
  return (x) => byRowsAndColumns(tf, x, down, across);
}

/** down x across^T of each channel of images [n, height, width, c]; `down` is [rows, height] and `across` [columns, width]. */
export function byRowsAndColumns(tf: Tfjs, x: Tensor, down: Tensor2D, across: Tensor2D): Tensor {
  const [n, height, width, channels] = x.shape as [number, number, number, number];
  const [[rows], [columns]] = [down.shape, across.shape];
  const planes = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [n * channels * height, width]);
  const narrow = tf.reshape(tf.matMul(planes, across, false, true), [n * channels, height, columns]);
  const upright = tf.reshape(tf.transpose(narrow, [0, 2, 1]), [n * channels * columns, height]);
  const small = tf.reshape(tf.matMul(upright, down, false, true), [n, channels, columns, rows]);
  return tf.transpose(small, [0, 3, 2, 1]);
}

/** [windows, extent]: row i averages the elements of window i. */
export function averages(windows: number, extent: number): Float32Array {
  const data = new Float32Array(windows * extent);
  for (let i = 0; i < windows; i++) {
    const from = Math.floor((i * extent) / windows);
    const to = Math.ceil(((i + 1) * extent) / windows);
    data.fill(1 / (to - from), i * extent + from, i * extent + to);
  }
  return data;
}
