import type { NodeOf } from '@alexnet/core';
import { toInOut } from './layout.ts';
import type { Compute, LowerContext } from './lower.ts';

/** One fused product with bias and ReLU. After a flatten, the weights are put into the order of the channels here, once. */
export function fullyConnected(node: NodeOf<'linear'>, context: LowerContext): Compute {
  const { tf, weights, flattened, hold, relu } = context;
  const { shape, data } = weights.get(node.weight)!;
  const [out, into] = shape as [number, number];
  const b = hold(tf.tensor2d(toInOut(data, shape, flattened.get(node.inputs[0])), [into, out]));
  const bias = node.bias === undefined ? undefined : hold(tf.tensor1d(weights.get(node.bias)!.data.slice()));
  return (values) =>
    tf.fused.matMul({
      a: values.get(node.inputs[0])!,
      b,
      ...(bias === undefined ? {} : { bias }),
      ...(relu ? { activation: 'relu' as const } : {}),
    });
}
