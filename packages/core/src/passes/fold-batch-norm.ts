import type { Graph } from '../graph/graph.ts';
import { inferShapes } from '../graph/infer.ts';
import type { Weights } from '../tensor.ts';
import { checkWeights } from '../weights/check.ts';
import { folding, parametersOf, readBy } from './folding.ts';

/** A graph with weights that belong to it. */
export interface Folded {
  readonly graph: Graph;
  readonly weights: Weights;
}

/**
 * Folds batch norm into a linear op (float64 arithmetic, one rounding to float32):
 * - into the convolution or linear layer whose value it reads, when nothing else reads that; the layer takes the norm's name;
 * - else into the convolution or linear layer that reads it, through flatten and dropout, when that layer does not pad:
 *   zero padding comes after batch norm, so its border would change.
 * What fits neither, what is an output, and what would not be finite in float32, stays. Takes time linear in the graph.
 * Errors: `invalid-graph`, `invalid-weights`.
 */
export function foldBatchNorm(graph: Graph, weights: Weights): Folded {
  const { values } = inferShapes(graph);
  checkWeights(graph, weights);
  const all = new Map(weights);
  const steps = folding(graph, values, parametersOf(graph, all));
  let step = steps.next();
  while (step.done !== true) step = steps.next(); // all that it asks for is there
  return step.value.nodes.length === graph.nodes.length ? { graph, weights } : onlyRead(step.value, all);
}

/** Declares what the nodes read, and lets go of what no node reads any more. */
function onlyRead(graph: Graph, weights: Weights): Folded {
  const read = readBy(graph);
  const kept = new Map([...weights].filter(([name]) => read.has(name)));
  return { graph: { ...graph, parameters: [...kept].map(([name, { shape }]) => ({ name, shape })) }, weights: kept };
}
