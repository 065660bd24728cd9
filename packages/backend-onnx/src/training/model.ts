import {
  type Graph,
  inferShapes,
  inferTrainingShapes,
  isGradientNode,
  type Node,
  type NodeOf,
  type OpName,
  type Optimiser,
  type Shape,
  slotName,
  slotsOf,
  type TrainingGraph,
} from '@alexnet/core';
import { type LoweringContext, lower, lowerNode, type OpForms, parameterShapes } from '../model/lower.ts';
import type { Interface, OnnxModel } from '../model/onnx.ts';
import { type GradientContext, lowerGradient, placesOfMaxima } from './gradients.ts';
import { changedBy, LEARNING_RATE, nextOf, writeUpdates } from './update.ts';
import { createWriter, type Writer } from './writer.ts';

/*
 * The models of a training. Weights change from step to step, so they are inputs, and what they become is an output.
 */

/** How training graphs are written: what the engine does best with weights that are no constants. */
const form: OpForms = {
  convolution: 'operator',
  lrn: 'convolution',
  linear: 'operator',
  stored: { f16: 'restored', q8: 'restored', q4: 'restored' },
};

const precisionOf = () => 'f32' as const;

/** Forward, backward and update: reads the step's inputs, the learning rate, parameters and slots; returns loss, scores and what changed. */
export function stepModel(training: TrainingGraph, optimiser: Optimiser): OnnxModel {
  const { write, shapeOf } = writeValues(training);
  writeUpdates(training, optimiser, write);
  const shapes = stateShapes(training, optimiser);
  const state = [...shapes].map(([name, shape]): Interface => ({ name, shape, overBatch: true }));
  const changed = changedBy(training, optimiser);
  return {
    name: `${training.name}, a step`,
    nodes: write.nodes,
    initializers: write.constants,
    inputs: [...training.inputs, { name: LEARNING_RATE, shape: [], overBatch: true }, ...state],
    outputs: [
      ...(training.loss === undefined ? [] : [{ name: training.loss, shape: [], overBatch: true }]),
      { name: training.scores, shape: shapeOf(training.scores) },
      ...changed.map((name) => ({ name: nextOf(name), shape: shapes.get(name)!, overBatch: true })),
    ],
  };
}

/** Forward and backward: reads the step's inputs and the parameters, returns the values that are asked for. */
export function valuesModel(training: TrainingGraph, outputs: readonly string[]): OnnxModel {
  const { write, shapeOf, overBatch } = writeValues(training);
  return {
    name: `${training.name}, its values`,
    nodes: write.nodes,
    initializers: write.constants,
    inputs: [...training.inputs, ...parameterInputs(training)],
    outputs: outputs.map((name) => ({ name, shape: shapeOf(name), overBatch: overBatch.has(name) })),
  };
}

/** The network as it is: inference, with its weights as inputs. */
export function inferenceModel({ network }: TrainingGraph): OnnxModel {
  const shapes = inferShapes(network);
  const { nodes, constants } = lower(network, shapes, form, precisionOf);
  return {
    name: network.name,
    nodes,
    initializers: constants,
    inputs: [...network.inputs, ...parameterInputs(network)],
    outputs: network.outputs.map((name) => ({ name, shape: shapes.values.get(name)! })),
  };
}

/** The shapes of all that a training keeps: parameters, then slots. */
export function stateShapes(training: TrainingGraph, { rule }: Optimiser): Map<string, Shape> {
  const parameters = new Map(training.parameters.map(({ name, shape }) => [name, shape]));
  const slots = training.gradients.flatMap(({ parameter }) =>
    slotsOf(rule).map((slot) => [slotName(parameter, slot), parameters.get(parameter)!] as const),
  );
  return new Map([...parameters, ...slots]);
}

function parameterInputs({ parameters }: Pick<Graph, 'parameters'>): Interface[] {
  return parameters.map(({ name, shape }) => ({ name, shape, overBatch: true }));
}

function writeValues(training: TrainingGraph): {
  readonly write: Writer;
  readonly overBatch: ReadonlySet<string>;
  shapeOf(value: string): Shape;
} {
  const { values, overBatch } = inferTrainingShapes(training);
  const write = createWriter();
  const shapeOf = (value: string) => values.get(value)!;
  const readersOf = (value: string) =>
    training.nodes.filter(({ inputs }) => (inputs as readonly string[]).includes(value));
  const forward: LoweringContext = {
    form,
    shapeOf,
    shapeOfParameter: parameterShapes(training.network),
    precisionOf,
    readersOf: (value) => readersOf(value).flatMap((node) => (isGradientNode(node) ? [] : [node.op])),
  };
  const backward: GradientContext = {
    write,
    shapeOf,
    shapeOfParameter: forward.shapeOfParameter,
    readerOf: <K extends OpName>(op: K, value: string) => readersOf(value).find((node) => node.op === op) as NodeOf<K>,
  };
  for (const node of training.nodes) {
    if (isGradientNode(node)) lowerGradient(node, backward);
    else write.add(withPlaces(node, lowerNode(node, forward), readersOf(node.inputs[0])));
  }
  return { write, overBatch, shapeOf };
}

/** A MaxPool through which a gradient goes back also says where its maxima are: slower, so only then. */
function withPlaces(node: Node, lowered: ReturnType<typeof lowerNode>, readers: readonly { readonly op: string }[]) {
  if (node.op !== 'maxPool2d' || !readers.some(({ op }) => op === 'maxPool2dGradient')) return lowered;
  return { ...lowered, nodes: lowered.nodes.map((pool) => ({ ...pool, further: [placesOfMaxima(node.name)] })) };
}
