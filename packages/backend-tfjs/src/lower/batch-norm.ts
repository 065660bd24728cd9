import type { NodeOf } from '@alexnet/core';
import { type Compute, type LowerContext, parameter } from './context.ts';
import { toNhwc } from './layout.ts';

/** y = (x - mean) * factor + bias with factor = scale / sqrt(variance + epsilon), in float64 until it is stored. */
export function batchNorm(node: NodeOf<'batchNorm'>, context: LowerContext): Compute {
  const { tf, hold } = context;
  const image = context.imageOf(node.inputs[0]);
  const constant = (data: Float32Array) => hold(tf.tensor1d(image === undefined ? data.slice() : toNhwc(data, image)));
  const scale = parameter(context, node.scale);
  const variance = parameter(context, node.variance);
  const factor = constant(scale.map((value, i) => value / Math.sqrt(variance[i]! + node.epsilon)));
  const mean = constant(parameter(context, node.mean));
  const bias = constant(parameter(context, node.bias));
  return (x) => tf.add(tf.mul(tf.sub(x, mean), factor), bias);
}
