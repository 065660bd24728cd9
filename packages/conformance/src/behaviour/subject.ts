import {
  type Backend,
  buildGraph,
  evaluate,
  type Graph,
  type Program,
  type Shape,
  seededWeights,
  type Tensor,
  type TensorMap,
  type Weights,
} from '@alexnet/core';
import { uniform } from '../data/uniform.ts';

/*
 * The small network that the contract checks run: one of each kind of layer that AlexNet has, and a sum of 2,688 terms, long enough
 * that engines split it.
 */
export const graph: Graph = buildGraph('contract', { name: 'input', shape: [3, 19, 23] })
  .conv2d('conv1', 8, [5, 3], { stride: [2, 1], pads: 1 })
  .relu('relu1')
  .lrn('norm1', { size: 5, alpha: 1e-4, beta: 0.75, bias: 1 })
  .maxPool2d('pool1', [2, 3], { stride: [1, 2], ceilMode: true })
  .conv2d('conv2', 48, [2, 4], { groups: 2 })
  .relu('relu2')
  .flatten('flatten')
  .linear('fc3', 17)
  .relu('relu3')
  .dropout('dropout3', 0.5)
  .linear('fc4', 9)
  .softmax('prob')
  .build();

export const weights: Weights = seededWeights(graph, 1);

/** A batch of random images, different for each name. */
export function images(batch: number, name: string, scale = 1): Tensor {
  const shape = [batch, 3, 19, 23];
  return { shape, data: uniform(shape, name, -scale, scale) };
}

/** What the oracle computes, for comparisons that need no budget. */
export function oracle(input: Tensor, outputs: readonly string[] = graph.outputs, of: Weights = weights): TensorMap {
  const values = evaluate(graph, of, { input }, { outputs });
  return Object.fromEntries(
    [...values].map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
  );
}

/** Sample n of a batch, as a batch of one. */
export function sample({ shape, data }: Tensor, n: number): Tensor {
  const size = data.length / shape[0]!;
  return { shape: [1, ...shape.slice(1)] satisfies Shape, data: data.slice(n * size, (n + 1) * size) };
}

/** Compiles the network for a piece of work, and disposes the program after it. */
export async function using<T>(backend: Backend, work: (program: Program) => Promise<T>): Promise<T> {
  const program = await backend.compile(graph, weights);
  try {
    return await work(program);
  } finally {
    await program[Symbol.asyncDispose]();
  }
}
