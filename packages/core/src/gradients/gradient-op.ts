import type { ForwardArgs, NodeBase, OpDefinition } from '../ops/op.ts';
import type { Shape } from '../tensor.ts';

/**
 * All that is known of one op that only training needs. Like an inference op, and either of two kinds: its value is one per sample, or one
 * for the whole batch (the gradient of a parameter, a mean over the batch), which then has no batch dimension.
 */
export interface GradientOp<N extends NodeBase> extends OpDefinition<N> {
  /** Whether its value is one for the whole batch. */
  readonly overBatch: boolean;
}

/** The two inputs of a node. */
export function both({ inputs }: ForwardArgs): readonly [Float64Array, Float64Array] {
  const [a, b] = inputs;
  if (a === undefined || b === undefined || inputs.length !== 2) {
    throw new RangeError(`expected two inputs, got ${inputs.length}`);
  }
  return [a.data, b.data];
}

/** Number of values in one channel of a value of shape CxHxW or C. */
export function planeOf(shape: Shape): number {
  return (shape[1] ?? 1) * (shape[2] ?? 1);
}
