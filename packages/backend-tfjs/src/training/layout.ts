import type { Shape } from '@alexnet/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';

/*
 * Layouts of the graph and of the device. Images are NCHW there and NHWC here, filters OIHW and HWIO. All else has one layout: features of a
 * flattened image, too, are in the order CHW here, so that `flatten` transposes.
 */

/** How the dimensions are ordered on the device, and how those are put back. */
const images = { there: [0, 2, 3, 1], back: [0, 3, 1, 2] };
const filters = { there: [2, 3, 1, 0], back: [3, 2, 0, 1] };

/** A value that has a batch dimension, as the graph has it. */
export function valueToDevice(tf: Tfjs, data: Float32Array, shape: Shape): Tensor {
  return toDevice(tf, data, shape, shape.length === 4 ? images.there : undefined);
}

/** A parameter, or what has its shape. */
export function parameterToDevice(tf: Tfjs, data: Float32Array, shape: Shape): Tensor {
  return toDevice(tf, data, shape, parameterOrder(shape)?.there);
}

export function valueToGraph(tf: Tfjs, value: Tensor): Tensor {
  return value.rank === 4 ? tf.transpose(value, images.back) : tf.clone(value);
}

export function parameterToGraph(tf: Tfjs, value: Tensor): Tensor {
  const order = parameterOrder(value.shape);
  return order === undefined ? tf.clone(value) : tf.transpose(value, order.back);
}

function parameterOrder({ length }: Shape) {
  return length === 4 ? filters : undefined;
}

/** Zeros instead of a parameter's values. */
export function zerosOnDevice(tf: Tfjs, shape: Shape): Tensor {
  const order = parameterOrder(shape)?.there;
  return tf.zeros(order === undefined ? [...shape] : order.map((axis) => shape[axis]!));
}

/** tfjs keeps the array that it is given, which is therefore copied. */
function toDevice(tf: Tfjs, data: Float32Array, shape: Shape, order: number[] | undefined): Tensor {
  return tf.tidy(() => {
    const given = tf.tensor(data.slice(), [...shape], 'float32');
    return order === undefined ? given : tf.transpose(given, order);
  });
}
