import type { NodeOf } from '@alexnet/core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import type { Compute, LowerContext } from './context.ts';

type Lrn = NodeOf<'lrn'>;
type Window = Pick<Lrn, 'size' | 'alpha'>;
type Context = Pick<LowerContext, 'tf' | 'form' | 'hold' | 'shapeOf'>;

/** `context.form.lrn` says how; tfjs's operator has a radius, so an even window is written as a convolution everywhere. */
export function lrn(node: Lrn, context: Context): Compute {
  const { lrn: form } = context.form;
  const [channels] = context.shapeOf(node.inputs[0]) as [number];
  const byConvolution = form !== 'operator' && channels <= form.convolutionUpTo;
  return byConvolution || node.size % 2 === 0 ? convolution(node, channels, context) : operator(node, context);
}

/** tfjs: x / (bias + alpha * sum)^beta over 2 * radius + 1 channels, with alpha as it is; ours is alpha / size. */
function operator({ size, bias, alpha, beta }: Lrn, { tf }: Context): Compute {
  return (x) => tf.localResponseNormalization(x as Tensor4D, (size - 1) / 2, bias, alpha / size, beta);
}

/** y = x / t^beta with t = bias + alpha/size * (sum of x^2 over the window); the sum is a 1x1 convolution over channels. */
function convolution(node: Lrn, channels: number, { tf, hold }: Context): Compute {
  const filter = hold(() => tf.tensor4d(band(node, channels), [1, 1, channels, channels]));
  const bias = hold(() => tf.tensor1d(new Float32Array(channels).fill(node.bias)));
  return (x) => {
    const t = tf.fused.conv2d({ x: tf.square(x as Tensor4D), filter, strides: 1, pad: 'valid', bias });
    return tf.div(x, power(tf, t, node.beta));
  };
}

/** t^beta of positive numbers. */
export function power(tf: Tfjs, t: Tensor, beta: number): Tensor {
  switch (beta) {
    case 0.75: {
      const half = tf.sqrt(t); // square roots are correctly rounded, and faster than a power
      return tf.mul(half, tf.sqrt(half));
    }
    case 0.5:
      return tf.sqrt(t);
    case 1:
      return t;
    default:
      return tf.pow(t, beta);
  }
}

/** [in, out]: alpha/size where channel `in` lies in the window of channel `out`. */
export function band({ size, alpha }: Window, channels: number): Float32Array {
  const data = new Float32Array(channels * channels);
  const before = Math.floor((size - 1) / 2);
  for (let out = 0; out < channels; out++) {
    const first = Math.max(0, out - before);
    const last = Math.min(channels - 1, out - before + size - 1);
    for (let into = first; into <= last; into++) data[into * channels + out] = alpha / size;
  }
  return data;
}
