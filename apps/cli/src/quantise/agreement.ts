import type { Backend, Graph, Tensor, Weights } from '@alexnet/core';

/** How two sets of weights agree on samples, by the probabilities that each gives. */
export interface Agreement {
  readonly samples: number;
  /** Share of the samples with the same most likely class. */
  readonly top1: number;
  /** The largest difference of a probability. */
  readonly largest: number;
}

/** The probabilities of every crop of every sample, one row each. */
export async function probabilities(
  backend: Backend,
  graph: Graph,
  weights: Weights,
  samples: readonly Tensor[],
  signal: AbortSignal,
): Promise<Float32Array[]> {
  await using program = await backend.compile(graph, weights, { outputs: ['prob'], signal });
  const rows: Float32Array[] = [];
  for (const input of samples) {
    const { shape, data } = (await program.run({ [graph.inputs[0]!.name]: input }, { signal }))['prob']!;
    const classes = shape[1]!;
    for (let i = 0; i < shape[0]!; i++) rows.push(data.slice(i * classes, (i + 1) * classes));
  }
  return rows;
}

export function agreement(before: readonly Float32Array[], after: readonly Float32Array[]): Agreement {
  const best = (row: Float32Array) => row.reduce((top, value, i) => (value > row[top]! ? i : top), 0);
  let same = 0;
  let largest = 0;
  for (const [i, row] of before.entries()) {
    if (best(row) === best(after[i]!)) same++;
    for (const [j, value] of row.entries()) largest = Math.max(largest, Math.abs(value - after[i]![j]!));
  }
  return { samples: before.length, top1: before.length === 0 ? 1 : same / before.length, largest };
}
