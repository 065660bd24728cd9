import { AlexNetError } from '../error.ts';
import type { Graph } from '../graph/graph.ts';
import { type Folded, foldBatchNorm } from '../passes/fold-batch-norm.ts';
import type { Weights } from '../tensor.ts';

/**
 * What is quantised: the graph and its weights after batch norm was folded into its neighbours, since what is multiplied is what is quantised.
 * Values that are folded away do not exist in int8. Errors: `invalid-graph`, `invalid-weights`; `unsupported` for such a value among `outputs`.
 */
export function int8Network(graph: Graph, weights: Weights, outputs: readonly string[] = graph.outputs): Folded {
  const folded = foldBatchNorm(graph, weights);
  const left = new Set([...graph.inputs, ...folded.graph.nodes].map(({ name }) => name));
  const gone = outputs.find((name) => !left.has(name));
  if (gone === undefined) return { ...folded, graph: { ...folded.graph, outputs } };
  throw new AlexNetError({
    code: 'unsupported',
    message: `The value ${gone} does not exist in int8: batch norm is folded into the layer before it is quantised`,
    fix: 'Ask for the value after batch norm.',
    where: `output ${gone}`,
  });
}
