import { AlexNetError } from '../error.ts';
import { gradientOpOf, isGradientNode } from '../gradients/index.ts';
import type { Shapes } from '../graph/infer.ts';
import { opOf } from '../ops/index.ts';
import type { OpDefinition } from '../ops/op.ts';
import type { Shape } from '../tensor.ts';
import type { TrainingGraph, TrainingNode } from './training-graph.ts';

/** Shapes of every value of a training graph, and which have no batch dimension. */
export interface TrainingShapes extends Shapes {
  /** Values that are one for the whole batch. */
  readonly overBatch: ReadonlySet<string>;
}

/**
 * Infers the shape of every value of a training graph, without the batch dimension.
 * Errors: `invalid-graph`, with the node's name and what is wrong with it.
 */
export function inferTrainingShapes(training: Pick<TrainingGraph, 'inputs' | 'parameters' | 'nodes'>): TrainingShapes {
  const parameters = new Map(training.parameters.map(({ name, shape }) => [name, shape]));
  const values = new Map<string, Shape>();
  for (const { name, shape } of training.inputs) {
    if (values.has(name)) throw invalid(`The input ${name} is declared twice`, `input ${name}`);
    values.set(name, shape);
  }
  const overBatch = new Set<string>();
  for (const node of training.nodes) {
    const place = `node ${node.name}, op ${node.op}`;
    if (values.has(node.name)) throw invalid(`The value ${node.name} is defined twice`, place);
    if (parameters.has(node.name)) throw invalid(`The value ${node.name} has the name of a parameter`, place);
    const inputs = node.inputs.map((name) => {
      const shape = values.get(name);
      if (shape === undefined) throw invalid(`The input ${name} is not defined before node ${node.name}`, place);
      return shape;
    });
    const fail = (message: string): never => {
      throw invalid(message, place);
    };
    values.set(node.name, trainingOpOf(node).infer(node, inputs, parameters, fail));
    if (isGradientNode(node) && gradientOpOf(node).overBatch) overBatch.add(node.name);
  }
  return { values, parameters, overBatch };
}

/** The definition of a node's op, from either table. */
export function trainingOpOf(node: TrainingNode): OpDefinition<TrainingNode> {
  return (isGradientNode(node) ? gradientOpOf(node) : opOf(node)) as OpDefinition<TrainingNode>;
}

function invalid(message: string, where: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-graph', message, where });
}
