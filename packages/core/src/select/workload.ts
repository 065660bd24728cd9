import type { Graph } from '../graph/graph.ts';
import { type Shape, sizeOf, type Tensor, type Weights } from '../tensor.ts';
import { createVariant } from '../variants/index.ts';
import { philoxStream } from '../weights/philox.ts';
import { seededWeights } from '../weights/seeded.ts';

/** A network to run, with one input at batch 1. */
export interface Workload {
  /** For people: `BVLC AlexNet at half its width`. */
  readonly name: string;
  readonly graph: Graph;
  readonly weights: Weights;
  readonly input: Tensor;
}

/**
 * What is checked: every kind of layer that AlexNets have, among them LRN and convolutions in groups, so narrow that the oracle takes a
 * fifth of a second. The input is of the size of pixels: on smaller values LRN does nothing, and could be wrong unseen.
 */
export function narrowWorkload(seed: number): Workload {
  return bvlc({ name: 'a narrow BVLC AlexNet', width: 1 / 8, classes: 10, amplitude: 100, seed });
}

/**
 * What is timed: half as wide as the original, a quarter of its work. On a network as narrow as the one above, what is timed is what an
 * engine does around its kernels. The input is small, so that softmax is not saturated and its probabilities say whether all is right.
 */
export function halfWorkload(seed: number): Workload {
  return bvlc({ name: 'BVLC AlexNet at half its width', width: 1 / 2, classes: 100, amplitude: 1, seed });
}

interface Bvlc {
  readonly name: string;
  readonly width: number;
  readonly classes: number;
  readonly amplitude: number;
  readonly seed: number;
}

function bvlc({ name, width, classes, amplitude, seed }: Bvlc): Workload {
  const { graph } = createVariant('bvlc-alexnet', { width, classes });
  const { shape } = graph.inputs[0]!;
  return { name, graph, weights: seededWeights(graph, seed), input: noise([1, ...shape], amplitude, seed) };
}

/** Uniform on ±amplitude, a function of the seed alone. */
function noise(shape: Shape, amplitude: number, seed: number): Tensor {
  const words = philoxStream([0, 0, 0, 0], [seed, 0x696e7075], sizeOf(shape));
  return { shape, data: Float32Array.from(words, (word) => amplitude * (word / 2 ** 31 - 1)) };
}
