import type { ops } from '../ops/index.ts';
import type { OpDefinition } from '../ops/op.ts';
import type { Shape } from '../tensor.ts';

/*
 * The graph IR. A graph is plain data (it survives JSON.stringify), in SSA form and topological order.
 *
 * Every node produces exactly one value and carries that value's name: `conv1` is both the node and what it computes.
 * Shapes leave out the batch: a value `conv1` of shape [96, 55, 55] is a tensor of N x 96 x 55 x 55 for any N >= 1.
 */

type Ops = typeof ops;

/** The name of an op: `conv2d`, `lrn`, ... */
export type OpName = keyof Ops;

/** One node, discriminated by `op`. Each op's own node type lives in its file under `ops/`. */
export type Node = { [K in OpName]: Ops[K] extends OpDefinition<infer N> ? N : never }[OpName];

/** The node type of one op. */
export type NodeOf<K extends OpName> = Extract<Node, { op: K }>;

/** A named tensor shape: a graph input (without batch) or a parameter. */
export interface Named {
  readonly name: string;
  readonly shape: Shape;
}

/** Nodes that a backend may compute as one, first to last: each value but the last has no other reader. */
export type Fusion = readonly string[];

export interface Graph {
  readonly name: string;
  readonly inputs: readonly Named[];
  readonly parameters: readonly Named[];
  readonly nodes: readonly Node[];
  /** Names of the values that a run returns unless the caller asks for others. */
  readonly outputs: readonly string[];
  /** Set by `annotateFusions`; the meaning of the graph does not depend on it. */
  readonly fusions?: readonly Fusion[];
}
