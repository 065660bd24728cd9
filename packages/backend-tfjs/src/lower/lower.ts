import {
  type Graph,
  inferShapes,
  type Node,
  type NodeOf,
  type OpName,
  type Shape,
  type WeightSource,
} from '@alexnet/core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { batchNorm } from './batch-norm.ts';
import { constantsOf, type Engine } from './constants.ts';
import type { Compute, LowerContext, Lowering } from './context.ts';
import { conv2d, explicitPads } from './conv2d.ts';
import { linear } from './linear.ts';
import { lrn } from './lrn.ts';
import { adaptiveAvgPool2d, maxPool2d } from './pooling.ts';

/** One call or a few of tfjs. A step of several fused nodes carries the name of the last. */
export interface Step {
  readonly name: string;
  readonly input: string;
  readonly compute: Compute;
}

export interface Lowered {
  /** In order. */
  readonly steps: readonly Step[];
  /** Weights and other constants, to be disposed. */
  readonly held: readonly Tensor[];
  /** Shape [c, h, w] of the image that a flat value is, in the order HWC; undefined for all other values. */
  imageOf(value: string): Shape | undefined;
}

/** One lowering per op; the type makes a forgotten op an error. */
const lowerings: { readonly [K in OpName]: Lowering<NodeOf<K>> } = {
  conv2d,
  linear,
  lrn,
  maxPool2d,
  adaptiveAvgPool2d,
  batchNorm,
  relu:
    (_node, { tf }) =>
    (x) =>
      tf.relu(x),
  pad2d: ({ pads }, { tf }) => {
    const explicit = explicitPads(pads);
    return (x) => tf.pad4d(x as Tensor4D, explicit);
  },
  flatten: ({ name }, { tf, shapeOf }) => {
    const [features] = shapeOf(name) as [number];
    return (x) => tf.reshape(x, [-1, features]);
  },
  dropout:
    (_node, { tf }) =>
    (x) =>
      tf.clone(x),
  softmax:
    (_node, { tf }) =>
    (x) =>
      tf.softmax(x),
};

/** Ops after which a flat value still has its features in the order that they came in. */
const keepsOrder: ReadonlySet<OpName> = new Set(['relu', 'dropout', 'softmax', 'batchNorm']);

/**
 * Writes a graph as calls of tfjs and puts its weights on the device, layer by layer as they arrive. Keeps nothing when it fails.
 * Errors: those of the source, `out-of-memory`, `backend-failure`, `aborted`.
 */
export async function lower(
  engine: Engine,
  graph: Graph,
  source: WeightSource,
  signal: AbortSignal | undefined,
): Promise<Lowered> {
  const { tf, kind, backend } = engine;
  const shapes = inferShapes(graph).values;
  const shapeOf = (value: string) => shapes.get(value)!;
  const images = imagesOf(graph, shapeOf);
  const imageOf = (value: string) => images.get(value);
  const endOf = new Map(graph.fusions?.map((names) => [names[0]!, names.at(-1)!]));
  const inside = new Set(graph.fusions?.flatMap((names) => names.slice(1)));
  const constants = constantsOf(engine, source, signal);
  const steps: Step[] = [];
  try {
    for (const node of graph.nodes) {
      if (inside.has(node.name)) continue;
      const name = endOf.get(node.name) ?? node.name;
      const context: LowerContext = {
        tf,
        backend,
        form: kind.form,
        ...constants,
        shapeOf,
        imageOf,
        relu: name !== node.name,
      };
      const compute: Compute = await (lowerings[node.op] as Lowering<Node>)(node, context);
      steps.push({ name, input: node.inputs[0], compute });
    }
    return { steps, held: constants.held, imageOf };
  } catch (error) {
    constants.release();
    throw error;
  }
}

function imagesOf(graph: Graph, shapeOf: (value: string) => Shape): ReadonlyMap<string, Shape> {
  const images = new Map<string, Shape>();
  for (const { op, name, inputs } of graph.nodes) {
    const source = shapeOf(inputs[0]);
    const image = op === 'flatten' && source.length === 3 ? source : images.get(inputs[0]);
    if (image !== undefined && (op === 'flatten' || keepsOrder.has(op))) images.set(name, image);
  }
  return images;
}
