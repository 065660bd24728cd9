import {
  evaluateNode,
  type Graph,
  inferShapes,
  isStorage,
  type Node,
  restoreWeight,
  storeWeight,
  type Weights,
} from '@alexnet/core';
import type { Expectation } from './diagnose.ts';

type Known = Pick<Expectation, 'batch' | 'given' | 'precision' | 'relu' | 'want' | 'allowed'> & {
  readonly operand: Float64Array;
};

/** What a diagnosis needs to know of one node of a graph on a given operand. */
export function subjectOf(graph: Graph, node: Node, { operand, ...known }: Known): Expectation {
  const shapes = inferShapes(graph);
  const weights = meantBy(node, known);
  return {
    ...known,
    node,
    weights,
    input: { shape: shapes.values.get(node.inputs[0])!, data: operand },
    beforeRelu: known.relu ? evaluateNode(shapes, node, weights, [operand], known.batch).value.data : known.want.data,
  };
}

/** The weights that the node computes with. Only its own are restored: those of a whole network take seconds. */
function meantBy(node: Node, { given, precision }: Pick<Known, 'given' | 'precision'>): Weights {
  if (node.op !== 'linear' || !isStorage(precision) || precision === 'f32') return given;
  const stored = storeWeight(given.get(node.weight)!, precision, node.weight);
  return new Map([...given, [node.weight, restoreWeight(stored, node.weight)]]);
}
