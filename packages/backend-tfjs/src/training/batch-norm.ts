import type { GradientNodeOf, NodeOf } from '@alexnet/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import type { Compute, TrainingContext } from './context.ts';

/* Channels are the last dimension of images and of flat values. The formulas are those of the gradient ops in @alexnet/core. */

/** With fixed statistics. */
export function batchNorm(
  { scale, bias, mean, variance, epsilon }: NodeOf<'batchNorm'>,
  { tf }: TrainingContext,
): Compute {
  return ([x], parameters) => {
    const factor = tf.div(parameters.get(scale)!, deviation(tf, parameters.get(variance)!, epsilon));
    return tf.add(tf.mul(tf.sub(x!, parameters.get(mean)!), factor), parameters.get(bias)!);
  };
}

export function batchNormFixedGradient(
  { scale, variance, epsilon }: GradientNodeOf<'batchNormFixedGradient'>,
  { tf }: TrainingContext,
): Compute {
  return ([dy], parameters) =>
    tf.mul(dy!, tf.div(parameters.get(scale)!, deviation(tf, parameters.get(variance)!, epsilon)));
}

export function batchMean(_node: GradientNodeOf<'batchMean'>, { tf }: TrainingContext): Compute {
  return ([x]) => tf.div(channelSums(tf, x!), countOf(x!));
}

export function batchVariance(_node: GradientNodeOf<'batchVariance'>, { tf }: TrainingContext): Compute {
  return ([x, mean]) => tf.div(channelSums(tf, tf.square(tf.sub(x!, mean!))), countOf(x!));
}

export function batchNormalize(
  { scale, bias, epsilon }: GradientNodeOf<'batchNormalize'>,
  { tf }: TrainingContext,
): Compute {
  return ([x, mean, variance], parameters) => {
    const factor = tf.div(parameters.get(scale)!, deviation(tf, variance!, epsilon));
    return tf.add(tf.mul(tf.sub(x!, mean!), factor), parameters.get(bias)!);
  };
}

export function batchNormScaleGradient(
  { epsilon }: GradientNodeOf<'batchNormScaleGradient'>,
  { tf }: TrainingContext,
): Compute {
  return ([x, mean, variance, dy]) =>
    tf.div(channelSums(tf, tf.mul(dy!, tf.sub(x!, mean!))), deviation(tf, variance!, epsilon));
}

export function batchNormInputGradient(
  { scale, epsilon }: GradientNodeOf<'batchNormInputGradient'>,
  { tf }: TrainingContext,
): Compute {
  return ([x, mean, variance, dy, ds, db], parameters) => {
    const [width, count] = [deviation(tf, variance!, epsilon), countOf(x!)];
    const xhat = tf.div(tf.sub(x!, mean!), width);
    const through = tf.add(tf.div(db!, count), tf.mul(xhat, tf.div(ds!, count)));
    return tf.mul(tf.sub(dy!, through), tf.div(parameters.get(scale)!, width));
  };
}

export function channelSum(_node: GradientNodeOf<'channelSum'>, { tf }: TrainingContext): Compute {
  return ([dy]) => channelSums(tf, dy!);
}

/** Over samples and places, all but the channels. Row by row first, so that no sum has many terms. */
function channelSums(tf: Tfjs, x: Tensor): Tensor {
  if (x.rank === 2) return tf.sum(x, 0);
  return tf.sum(tf.sum(tf.sum(x, 2), 1), 0);
}

function countOf(x: Tensor): number {
  return x.size / x.shape.at(-1)!;
}

function deviation(tf: Tfjs, variance: Tensor, epsilon: number): Tensor {
  return tf.sqrt(tf.add(variance, epsilon));
}
