import type { GradientNodeOf, GradientOpName, NodeOf, OpName } from '@alexnet/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { explicitPads } from '../lower/conv2d.ts';
import { lrn } from '../lower/lrn.ts';
import { adaptiveAvgPool2d, maxPool2d } from '../lower/pooling.ts';
import {
  batchMean,
  batchNorm,
  batchNormalize,
  batchNormFixedGradient,
  batchNormInputGradient,
  batchNormScaleGradient,
  batchVariance,
  channelSum,
} from './batch-norm.ts';
import type { Compute, Lowering } from './context.ts';
import { conv2d, conv2dInputGradient, conv2dWeightGradient } from './convolution.ts';
import { linear, linearInputGradient, linearWeightGradient } from './linear.ts';
import { l2Gradient, l2Penalty, meanLoss, softmaxCrossEntropy, softmaxCrossEntropyGradient } from './loss.ts';
import { lrnGradient } from './lrn.ts';
import { adaptiveAvgPool2dGradient, maxPool2dGradient } from './pooling.ts';

type Lowerings = { readonly [K in OpName]: Lowering<NodeOf<K>> } & {
  readonly [K in GradientOpName]: Lowering<GradientNodeOf<K>>;
};

/** One per op, of inference and of training; the type makes a forgotten op an error. No value is the very tensor of another. */
export const lowerings: Lowerings = {
  conv2d,
  linear,
  lrn: (node, context) => ofOne(lrn(node, context)),
  maxPool2d: (node, context) => ofOne(maxPool2d(node, context)),
  adaptiveAvgPool2d: (node, context) => ofOne(adaptiveAvgPool2d(node, context)),
  batchNorm,
  relu:
    (_node, { tf }) =>
    ([x]) =>
      tf.relu(x!),
  pad2d: ({ pads }, { tf }) => {
    const explicit = explicitPads(pads);
    return ([x]) => tf.pad(x as Tensor4D, explicit);
  },
  flatten:
    (_node, { tf }) =>
    ([x]) =>
      x!.rank === 4 ? tf.reshape(tf.transpose(x!, [0, 3, 1, 2]), [x!.shape[0], -1]) : tf.clone(x!),
  dropout:
    (_node, { tf }) =>
    ([x]) =>
      tf.clone(x!),
  softmax:
    (_node, { tf }) =>
    ([x]) =>
      tf.softmax(x!),

  conv2dInputGradient,
  conv2dWeightGradient,
  linearInputGradient,
  linearWeightGradient,
  channelSum,
  reluGradient:
    (_node, { tf }) =>
    ([y, dy]) =>
      tf.where(tf.greater(y!, 0), dy!, tf.zerosLike(dy!)),
  lrnGradient,
  maxPool2dGradient,
  adaptiveAvgPool2dGradient,
  pad2dGradient: ({ name, pads }, { tf, shapeOf }) => {
    const [channels, height, width] = shapeOf(name) as [number, number, number];
    return ([dy]) => tf.slice(dy!, [0, pads.top, pads.left, 0], [-1, height, width, channels]);
  },
  unflatten: ({ shape }, { tf }) => {
    const [channels, height, width] = shape as [number, number, number];
    if (shape.length !== 3) return ([dy]) => tf.clone(dy!);
    return ([dy]) => tf.transpose(tf.reshape(dy!, [-1, channels, height, width]), [0, 2, 3, 1]);
  },
  softmaxGradient:
    (_node, { tf }) =>
    ([y, dy]) =>
      tf.mul(y!, tf.sub(dy!, tf.sum(tf.mul(y!, dy!), 1, true))),
  multiply:
    (_node, { tf }) =>
    ([a, b]) =>
      tf.mul(a!, b!),
  batchMean,
  batchVariance,
  batchNormalize,
  batchNormScaleGradient,
  batchNormInputGradient,
  batchNormFixedGradient,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  meanLoss,
  l2Penalty,
  l2Gradient,
};

function ofOne(compute: (x: Parameters<Compute>[0][number]) => ReturnType<Compute>): Compute {
  return ([x]) => compute(x!);
}
