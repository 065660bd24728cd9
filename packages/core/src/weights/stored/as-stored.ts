import type { Precision } from '../../backend/backend.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Weights } from '../../tensor.ts';
import { checkWeights } from '../check.ts';
import { restoreWeight, storeWeight } from './store.ts';

/**
 * The parameters that a precision applies to, in the order of their nodes: the weights of linear layers, where nearly all bytes of an AlexNet are.
 * Biases, convolutions and batch norms stay float32. None for `f32`, which changes nothing.
 */
export function storesAt(graph: Graph, precision: Precision): string[] {
  if (precision === 'f32') return [];
  return [...new Set(graph.nodes.flatMap((node) => (node.op === 'linear' ? [node.weight] : [])))];
}

/**
 * The weights that a program compiled with this precision computes with: those that `storesAt` names stored and restored, all others as they are.
 * `f32` gives the same map back. Errors: `invalid-weights`.
 */
export function weightsAsStored(graph: Graph, weights: Weights, precision: Precision): Weights {
  if (precision === 'f32') return weights;
  checkWeights(graph, weights);
  const restored = storesAt(graph, precision).map(
    (name) => [name, restoreWeight(storeWeight(weights.get(name)!, precision, name), name)] as const,
  );
  return new Map([...weights, ...restored]);
}
