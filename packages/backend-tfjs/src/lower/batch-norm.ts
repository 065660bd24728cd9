import type { NodeOf } from '@alexnet/core';
import type { Compute, LowerContext } from './context.ts';
import { toNhwc } from './layout.ts';

/** y = (x - mean) * factor + bias with factor = scale / sqrt(variance + epsilon), in float64 until it is stored. */
export async function batchNorm(
  node: NodeOf<'batchNorm'>,
  { tf, read, hold, imageOf }: LowerContext,
): Promise<Compute> {
  const image = imageOf(node.inputs[0]);
  const constant = (data: Float32Array) => hold(() => tf.tensor1d(image === undefined ? data : toNhwc(data, image)));
  const scale = await read(node.scale);
  const variance = await read(node.variance);
  const factor = constant(scale.map((value, i) => value / Math.sqrt(variance[i]! + node.epsilon)));
  const mean = constant(await read(node.mean));
  const bias = constant(await read(node.bias));
  return (x) => tf.add(tf.mul(tf.sub(x, mean), factor), bias);
}
