import type { GradientNodeOf } from '@alexnet/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import type { Compute, TrainingContext } from './context.ts';

/* The formulas are those of the gradient ops in @alexnet/core. */

export function softmaxCrossEntropy(node: GradientNodeOf<'softmaxCrossEntropy'>, context: TrainingContext): Compute {
  const { tf } = context;
  const target = targets(node, context);
  return ([logits, labels]) => {
    const z = tf.sub(logits!, tf.max(logits!, 1, true));
    return tf.sub(tf.log(tf.sum(tf.exp(z), 1)), tf.sum(tf.mul(target(labels!), z), 1));
  };
}

export function softmaxCrossEntropyGradient(
  node: GradientNodeOf<'softmaxCrossEntropyGradient'>,
  context: TrainingContext,
): Compute {
  const { tf } = context;
  const target = targets(node, context);
  return ([logits, labels]) => tf.div(tf.sub(tf.softmax(logits!), target(labels!)), logits!.shape[0]);
}

export function meanLoss(_node: GradientNodeOf<'meanLoss'>, { tf }: TrainingContext): Compute {
  return ([losses, ...penalties]) => penalties.reduce((sum, penalty) => tf.add(sum, penalty), tf.mean(losses!));
}

export function l2Penalty({ parameter, factor }: GradientNodeOf<'l2Penalty'>, { tf }: TrainingContext): Compute {
  return (_inputs, parameters) => tf.mul(sumOfSquares(tf, parameters.get(parameter)!), factor);
}

export function l2Gradient({ parameter, factor }: GradientNodeOf<'l2Gradient'>, { tf }: TrainingContext): Compute {
  return ([g], parameters) => tf.add(g!, tf.mul(parameters.get(parameter)!, 2 * factor));
}

/** One dimension after the other, so that no sum has many terms: engines add one after the other, in float32. */
export function sumOfSquares(tf: Tfjs, x: Tensor): Tensor {
  let sum: Tensor = tf.square(x);
  while (sum.rank > 0) sum = tf.sum(sum, -1);
  return sum;
}

/** What the probabilities [n, classes] should be, from labels [n]. */
function targets(
  {
    smoothing,
    inputs: [logits],
  }: { readonly smoothing: number; readonly inputs: readonly [logits: string, labels: string] },
  { tf, hold, shapeOf }: TrainingContext,
): (labels: Tensor) => Tensor {
  const [count] = shapeOf(logits) as [number];
  const classes = hold(() => tf.tensor1d(Float32Array.from({ length: count }, (_, j) => j)));
  const shared = smoothing / count;
  return (labels) => tf.where(tf.equal(tf.expandDims(labels, 1), classes), shared + 1 - smoothing, shared);
}
