import type { NodeOf, OpName, Tensor } from '@alexnet/core';
import type { Alteration, Call } from '../altered-backend.ts';
import { toFloat16 } from '../float16.ts';
import { kernel } from '../kernels/float32-kernels.ts';

/** A mistake that real backends have made or could make, and a check that must catch it. */
export interface Fault {
  readonly name: string;
  /** The id of a check that must fail. */
  readonly caughtBy: string;
  readonly alteration: Alteration;
}

type Change<K extends OpName> = (call: Call<NodeOf<K>>) => Tensor | undefined;

export const at = <K extends OpName>(op: K, name: string, caughtBy: string, change: Change<K>): Fault => ({
  name,
  caughtBy,
  alteration: { node: (call) => (call.node.op === op ? change(call as Call<NodeOf<K>>) : undefined) },
});

/** A node computed with other attributes than it has. */
export const attributes = <K extends OpName>(
  op: K,
  name: string,
  caughtBy: string,
  change: (node: NodeOf<K>) => Partial<NodeOf<K>>,
): Fault => at(op, name, caughtBy, ({ node, evaluate }) => evaluate({ node: { ...node, ...change(node) } }));

export const mapped = <T extends Float32Array | Float64Array>(data: T, f: (value: number, i: number) => number) =>
  data.map(f) as T;
/** A result that is changed element by element. */
export const result = ({ shape, data }: Tensor, f: (value: number, i: number) => number): Tensor => ({
  shape,
  data: mapped(data, f),
});

/** A weight of a node, changed. */
export const reweighted = (
  call: Call,
  name: string,
  f: (value: number, i: number, shape: readonly number[]) => number,
) => {
  const { shape, data } = call.weights.get(name)!;
  const changed = { shape, data: data.map((value, i) => f(value, i, shape)) };
  return call.evaluate({ weights: new Map([...call.weights, [name, changed]]) });
};

export const lastTerm = (i: number, shape: readonly number[]) => {
  const terms = shape.slice(1).reduce((a, b) => a * b, 1);
  return i % terms === terms - 1;
};

/** Moves element i of the operand to `from(i)`'s place. */
export const permuted = (call: Call, from: (i: number) => number) =>
  call.evaluate({ input: call.input.data.map((_, i) => call.input.data[from(i)]!) });

/** Sums that are kept in half precision. */
export const halfAccumulation = kernel((a, b, bias) => {
  let sum = bias;
  for (let i = 0; i < a.length; i++) sum = toFloat16(sum + toFloat16(a[i]! * b[i]!));
  return sum;
}).node!;
