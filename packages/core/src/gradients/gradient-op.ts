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

/** The inputs of a node, as many as it takes. */
export function operands<const N extends number>(args: ForwardArgs, count: N): Operands<N> {
  if (args.inputs.length !== count) throw new RangeError(`expected ${count} inputs, got ${args.inputs.length}`);
  return args.inputs.map(({ data }) => data) as unknown as Operands<N>;
}

type Operands<N extends number> = N extends 1
  ? readonly [Float64Array]
  : N extends 2
    ? readonly [Float64Array, Float64Array]
    : readonly Float64Array[];

/** Number of values in one channel of a value of shape CxHxW or C. */
export function planeOf(shape: Shape): number {
  return (shape[1] ?? 1) * (shape[2] ?? 1);
}
