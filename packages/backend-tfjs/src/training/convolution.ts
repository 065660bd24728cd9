import type { GradientNodeOf, NodeOf } from '@alexnet/core';
import type { NamedAttrMap, Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { explicitPads } from '../lower/conv2d.ts';
import { biasAdd, conv2d as tensorflowConv2d } from '../lower/tensorflow.ts';
import type { Compute, TrainingContext } from './context.ts';

/*
 * Convolutions and their gradients. Filters are HWIO with the groups side by side in O. The gradients see an image with its padding, which
 * is the one form of padding that every engine's kernels know, and their groups one by one.
 */

type Pair = readonly [number, number];

export function conv2d(node: NodeOf<'conv2d'>, context: TrainingContext): Compute {
  const { tf, form } = context;
  const { weight, bias, stride, pads, groups } = node;
  if (form.convolution === 'tensorflow') {
    return ([x], parameters) => {
      const y = tensorflowConv2d(context, x!, parameters.get(weight)!, node);
      return bias === undefined ? y : biasAdd(context, y, parameters.get(bias)!);
    };
  }
  return ([x], parameters) => {
    const filters = split(context, parameters.get(weight)!, groups);
    const parts = split(context, x!, groups).map((part, g) =>
      tf.conv2d(part, filters[g]!, [...stride], explicitPads(pads)),
    );
    const y = joined(context, parts);
    return bias === undefined ? y : tf.add(y, parameters.get(bias)!);
  };
}

export function conv2dInputGradient(node: GradientNodeOf<'conv2dInputGradient'>, context: TrainingContext): Compute {
  const { tf, training, shapeOf } = context;
  const { weight, groups, pads, stride } = node;
  const [channels, height, width] = node.shape as [number, number, number];
  const padded: Pair = [height + pads.top + pads.bottom, width + pads.left + pads.right];
  // with oneDNN, TensorFlow 2.21's Conv2DBackpropInput is wrong from one channel to one
  const single = channels === groups && shapeOf(node.inputs[0])[0] === groups;
  const ofGroup = training.convolutionInput === 'kernel' && !single ? inputByKernel : inputByConvolution;
  return ([dy], parameters) => {
    const filters = split(context, parameters.get(weight)!, groups);
    const parts = split(context, dy!, groups).map((part, g) => ofGroup(context, part, filters[g]!, stride, padded));
    return tf.slice(joined(context, parts), [0, pads.top, pads.left, 0], [-1, height, width, channels]);
  };
}

export function conv2dWeightGradient(node: GradientNodeOf<'conv2dWeightGradient'>, context: TrainingContext): Compute {
  const { tf, training } = context;
  const { groups, pads, stride, kernel } = node;
  const padded = pads.top + pads.left + pads.bottom + pads.right > 0;
  const ofGroup = training.convolutionWeight === 'kernel' ? weightByKernel : weightByConvolution;
  return ([x, dy]) => {
    const image = padded ? tf.pad(x as Tensor4D, explicitPads(pads)) : (x as Tensor4D);
    const gradients = split(context, dy!, groups);
    const parts = split(context, image, groups).map((part, g) => ofGroup(context, part, gradients[g]!, stride, kernel));
    return joined(context, parts);
  };
}

function inputByKernel(
  { tf }: TrainingContext,
  dy: Tensor4D,
  filter: Tensor4D,
  stride: Pair,
  [rows, columns]: Pair,
): Tensor4D {
  const inputShape = [dy.shape[0], rows, columns, filter.shape[2]];
  return tf.engine().runKernel<Tensor4D>(tf.Conv2DBackpropInput, { dy, filter }, { ...sliding(stride), inputShape });
}

/** dx = the output's gradient, zeros between its elements and around them, convolved with the filter turned by 180 degrees. */
function inputByConvolution(
  context: TrainingContext,
  dy: Tensor4D,
  filter: Tensor4D,
  stride: Pair,
  [rows, columns]: Pair,
): Tensor4D {
  const { tf } = context;
  const [kh, kw] = filter.shape;
  context.checkOperand(filter);
  const spread = spreadOut(context, dy, stride);
  const [, high, wide] = spread.shape;
  const around = tf.pad(spread, [
    [0, 0],
    [kh - 1, rows - high],
    [kw - 1, columns - wide],
    [0, 0],
  ]);
  return tf.conv2d(around, tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]), 1, 'valid');
}

/** Zeros between rows and columns, so that the next one comes after a stride. */
function spreadOut({ tf }: TrainingContext, x: Tensor4D, [sh, sw]: Pair): Tensor4D {
  if (sh === 1 && sw === 1) return x;
  const [n, rows, columns, channels] = x.shape;
  const after = (y: Tensor, extent: number) =>
    tf.pad(y, [
      [0, 0],
      [0, extent],
      [0, 0],
    ]);
  const wide = after(tf.reshape(x, [n * rows * columns, 1, channels]), sw - 1);
  const high = after(tf.reshape(wide, [n * rows, 1, columns * sw * channels]), sh - 1);
  const all = tf.reshape<Rank.R4>(high, [n, rows * sh, columns * sw, channels]);
  return tf.slice4d(all, [0, 0, 0, 0], [n, (rows - 1) * sh + 1, (columns - 1) * sw + 1, channels]);
}

function weightByKernel({ tf }: TrainingContext, x: Tensor4D, dy: Tensor4D, stride: Pair, kernel: Pair): Tensor4D {
  const filterShape = [...kernel, x.shape[3], dy.shape[3]];
  return tf.engine().runKernel(tf.Conv2DBackpropFilter, { x, dy }, { ...sliding(stride), filterShape }) as Tensor4D;
}

/**
 * A convolution in which channels are samples and samples are channels: dw[u, v, c, o] = sum over n, i, j of x[n, i*sh + u, j*sw + v, c] *
 * dy[n, i, j, o]. The filter is the output's gradient, which a dilation spreads by the stride.
 */
function weightByConvolution(
  { tf, checkOperand }: TrainingContext,
  x: Tensor4D,
  dy: Tensor4D,
  [sh, sw]: Pair,
  [kh, kw]: Pair,
): Tensor4D {
  const [, rows, columns] = dy.shape;
  const [n, , , channels] = x.shape;
  checkOperand(dy);
  const read = tf.slice4d(x, [0, 0, 0, 0], [n, (rows - 1) * sh + kh, (columns - 1) * sw + kw, channels]); // not what strides leave over
  const [image, filter] = [tf.transpose(read, [3, 1, 2, 0]), tf.transpose(dy, [1, 2, 0, 3])];
  return tf.transpose(tf.conv2d(image, filter, 1, 'valid', 'NHWC', [sh, sw]), [1, 2, 0, 3]);
}

function sliding(stride: Pair): NamedAttrMap {
  return { strides: [...stride], pad: 'valid', dataFormat: 'NHWC' };
}

function split({ tf }: TrainingContext, x: Tensor, groups: number): Tensor4D[] {
  return groups === 1 ? [x as Tensor4D] : (tf.split(x, groups, 3) as Tensor4D[]);
}

function joined({ tf }: TrainingContext, parts: Tensor4D[]): Tensor4D {
  return parts.length === 1 ? parts[0]! : tf.concat4d(parts, 3);
}
