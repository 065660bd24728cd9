import type { GradientOpName, NodeOf, OpName, Tensor } from '@alexnet/core';
import type { Alteration, Call } from '../altered-backend.ts';

/** A mistake that real backends have made or could make. */
export interface Fault {
  /** Unique: `conv2d/bias-dropped`, `behaviour/stale-buffer`. */
  readonly id: string;
  readonly name: string;
  /** Of numeric faults; absent for broken promises of the contract. */
  readonly op?: OpName;
  /** Of faults in gradients: the op whose nodes are wrong. */
  readonly gradient?: GradientOpName;
  /** The id of a check that must fail; `network` for a fault that shows in no layer alone, but only end to end. */
  readonly caughtBy: string;
  /** The id of the mistake that the diagnosis must name first. Default: the check itself, which says all of an error that is not thrown. */
  readonly cause?: string;
  readonly alteration: Alteration;
}

/** What the diagnosis must name. */
export const expectedCause = ({ cause, caughtBy }: Fault): string => cause ?? caughtBy;

/** What makes a numeric fault, and how it must be found. */
export interface Row<K extends OpName> {
  readonly id: string;
  readonly name: string;
  /** After `op/<op>/`. */
  readonly caughtBy: string;
  /** After `<op>/`. Default: the id. */
  readonly cause?: string;
  readonly change: (call: Call<NodeOf<K>>) => Tensor | undefined;
}

export const faultsOf = <K extends OpName>(op: K, rows: readonly Row<K>[]): readonly Fault[] =>
  rows.map(({ id, name, caughtBy, cause = id, change }) => ({
    id: `${op}/${id}`,
    name,
    op,
    caughtBy: `op/${op}/${caughtBy}`,
    cause: `${op}/${cause}`,
    alteration: { node: (call) => (call.node.op === op ? change(call as Call<NodeOf<K>>) : undefined) },
  }));

/** A node computed with other attributes than it has. */
export const attributes =
  <K extends OpName>(change: (node: NodeOf<K>) => Partial<NodeOf<K>>) =>
  ({ node, evaluate }: Call<NodeOf<K>>): Tensor =>
    evaluate({ node: { ...node, ...change(node) } });

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
): Tensor => {
  const { shape, data } = call.weights.get(name)!;
  const changed = { shape, data: data.map((value, i) => f(value, i, shape)) };
  return call.evaluate({ weights: new Map([...call.weights, [name, changed]]) });
};

export const lastTerm = (i: number, shape: readonly number[]): boolean => {
  const terms = shape.slice(1).reduce((a, b) => a * b, 1);
  return i % terms === terms - 1;
};

/** Moves element i of the operand to `from(i)`'s place. */
export const permuted = (call: Call, from: (i: number) => number): Tensor =>
  call.evaluate({ input: call.input.data.map((_, i) => call.input.data[from(i)]!) });

/** Sample, channel, row and column of element i of a tensor whose samples have this shape. */
export function coordinates(i: number, shape: readonly number[]) {
  const [channels, height = 1, width = 1] = shape as [number, number?, number?];
  const plane = height * width;
  return {
    sample: Math.floor(i / (channels * plane)),
    channel: Math.floor(i / plane) % channels,
    row: Math.floor((i % plane) / width),
    col: i % width,
  };
}

/** The sum of a window's terms: what a kernel row or column, a channel or a term adds. */
export const termOf = (i: number, [, perGroup, kh, kw]: readonly number[]) => {
  const t = i % (perGroup! * kh! * kw!);
  return { k: Math.floor(t / (kh! * kw!)), u: Math.floor(t / kw!) % kh!, v: t % kw! };
};
