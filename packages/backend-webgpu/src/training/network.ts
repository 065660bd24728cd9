import {
  annotateFusions,
  dropDropout,
  inferShapes,
  inferTrainingShapes,
  isGradientNode,
  type Node,
  neededPart,
  type TrainingGraph,
  type TrainingNode,
  type TrainingShapes,
} from '@alexnet/core';
import type { Choices } from '../plan/choices.ts';
import { layoutOf, vectorsOf } from '../plan/layout.ts';
import { readMatrix, writeMatrix } from '../plan/linear-weights.ts';
import { type Context, type Lowered, lowerNode, withTails } from '../plan/lower.ts';
import type { Network } from '../plan/plan.ts';
import type { BufferName } from '../plan/step.ts';
import type { Constant, LinearWeight } from '../plan/weights.ts';
import { type Computation, computationOf, type GradientContext, type ParameterBuffer } from './computation.ts';
import { lowerGradient, lowerMovingBatchNorm } from './lower.ts';

/** A training graph and its network, lowered over the same buffers of parameters. */
export interface TrainingNetwork {
  readonly training: TrainingGraph;
  readonly shapes: TrainingShapes;
  readonly computations: readonly (Computation & { readonly nodes: readonly TrainingNode[] })[];
  /** What `evaluate` runs. */
  readonly inference: Network;
  /** What the device keeps of the parameters, in the layouts of the forward kernels. */
  readonly constants: ReadonlyMap<BufferName, Constant>;
  parameterBuffers(parameter: string): readonly ParameterBuffer[];
  /** The parameter whose gradient a value is: it lies as the parameter does. */
  parameterOf(value: string): string | undefined;
}

export interface LoweringOptions {
  readonly choices: Choices;
  readonly bindingLimit: number;
  readonly software: boolean;
  /** Values that callers get. */
  readonly outputs: readonly string[];
}

/** Lowers a training graph. Errors: `invalid-graph`. */
export function lowerTraining(
  training: TrainingGraph,
  { choices, bindingLimit, software, outputs }: LoweringOptions,
): TrainingNetwork {
  const shapes = inferTrainingShapes(training);
  const constants = new Map<BufferName, Constant>();
  const segments = new Map<string, LinearWeight['segments']>();
  const owners = ownersOf(training);
  const parameterBuffers = (parameter: string) =>
    [...constants].flatMap(([name, { reads, bytes }]) => (reads.includes(parameter) ? [{ name, bytes }] : []));

  const context: GradientContext = {
    precision: 'f32',
    choices,
    bindingLimit,
    software,
    layout: (value) => layoutOf(shapes.values.get(value)!),
    shapeOf: (parameter) => shapes.parameters.get(parameter)!,
    constant(name, constant) {
      constants.set(name, constant);
      return name;
    },
    linearWeight(weight) {
      for (const [name, constant] of segmentConstants(weight, context)) constants.set(name, constant);
      segments.set(weight.parameter, weight.segments);
      return weight.segments;
    },
    bytesOf: (value, batch) =>
      (shapes.overBatch.has(value) ? 1 : batch) * vectorsOf(layoutOf(shapes.values.get(value)!)) * 16,
    parameterBuffers,
    parameterOf: (value) => owners.get(value)!,
    convolutionWeight: (weight, groups) => `${convolutionWith(training, weight, groups)}.weight`,
    linearSegments: (weight) => segments.get(weight)!,
  };
  return {
    training,
    shapes,
    computations: computationsOf(training, outputs, context),
    inference: inferenceOf(training, context),
    constants,
    parameterBuffers,
    parameterOf: (value) => owners.get(value),
  };
}

/** Forward nodes with ReLU at their end where nobody reads what is between, and gradient nodes, in the graph's order. */
function computationsOf(
  training: TrainingGraph,
  outputs: readonly string[],
  context: GradientContext,
): TrainingNetwork['computations'] {
  const forward = training.nodes.flatMap((node): Node[] => (isGradientNode(node) ? [] : [node]));
  const read = training.nodes.filter(isGradientNode).flatMap(({ inputs }) => inputs);
  const { fusions } = annotateFusions({
    ...training.network,
    nodes: forward,
    outputs: [...read, ...outputs, training.scores],
  });
  const byName = new Map(training.nodes.map((node) => [node.name, node]));
  return withTails({ nodes: training.nodes, fusions }).map(({ node, tail }) => {
    const nodes = tail.nodes === node.name ? [node] : [node, byName.get(tail.writes)!];
    if (isGradientNode(node)) return { nodes, ...lowerGradient(node, context) };
    const lowered = node.op === 'batchNorm' ? lowerMovingBatchNorm(node, context) : lowerNode(node, context, tail);
    return { nodes, ...computationOf(lowered, context) };
  });
}

function inferenceOf({ network }: TrainingGraph, context: Context): Network {
  const graph = annotateFusions(dropDropout(neededPart(network)));
  const shapes = inferShapes(network).values;
  const own: Context = { ...context, layout: (value) => layoutOf(shapes.get(value)!) };
  const lowered = withTails(graph).map(
    ({ node, tail }): Lowered =>
      node.op === 'batchNorm' ? lowerMovingBatchNorm(node, own) : lowerNode(node, own, tail),
  );
  return {
    inputs: new Map(network.inputs.map(({ name, shape }) => [name, shape])),
    outputs: network.outputs,
    shapes,
    lowered,
  };
}

/** A linear layer's weight as constants, one for each range of its inputs. */
function segmentConstants(
  { parameter, segments }: LinearWeight,
  { shapeOf }: Context,
): (readonly [BufferName, Constant])[] {
  const shape = shapeOf(parameter);
  return segments.map((segment) => [
    segment.matrix,
    {
      bytes: segment.vectors * 4 * Math.ceil(shape[0]! / 4) * 16,
      reads: [parameter],
      write: (target, valuesOf) => writeMatrix({ precision: 'f32', shape, data: valuesOf(parameter) }, segment, target),
      read: (source, values) => readMatrix(source, shape, segment, values),
    },
  ]);
}

/** For each value that is a parameter's gradient, with or without that of a penalty, the parameter. */
function ownersOf({ gradients, nodes }: TrainingGraph): ReadonlyMap<string, string> {
  return new Map([
    ...gradients.map(({ parameter, value }) => [value, parameter] as const),
    ...nodes.flatMap((node) => (node.op === 'l2Gradient' ? [[node.inputs[0], node.parameter] as const] : [])),
  ]);
}

function convolutionWith({ nodes }: TrainingGraph, weight: string, groups: number): string {
  return nodes.find((node) => node.op === 'conv2d' && node.weight === weight && node.groups === groups)!.name;
}
