import type { GradientNodeOf } from '@alexnet/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { band, power } from '../lower/lrn.ts';
import type { Compute, TrainingContext } from './context.ts';

/**
 * With b the band of alpha/size and t = bias + b x^2:  dx = dy t^-beta - 2 beta x b^T (dy x t^(-beta-1)). The sums over channels are 1x1
 * convolutions: tfjs's LRNGrad has a radius, so no even windows, and computes a power for each channel of each window.
 */
export function lrnGradient(node: GradientNodeOf<'lrnGradient'>, { tf, hold, shapeOf }: TrainingContext): Compute {
  const [channels] = shapeOf(node.name) as [number];
  const filter = hold(() => tf.tensor4d(band(node, channels), [1, 1, channels, channels]));
  const turned = hold(() => tf.tidy(() => tf.transpose(filter, [0, 1, 3, 2])));
  const bias = hold(() => tf.tensor1d(new Float32Array(channels).fill(node.bias)));
  return ([x, dy]) => {
    const t = tf.fused.conv2d({ x: tf.square(x as Tensor4D), filter, strides: 1, pad: 'valid', bias });
    const direct = tf.div(dy!, power(tf, t, node.beta));
    const shared = tf.conv2d(tf.div<Tensor4D>(tf.mul(direct, x!), t), turned, 1, 'valid');
    return tf.sub(direct, tf.mul(tf.mul(x!, 2 * node.beta), shared));
  };
}
