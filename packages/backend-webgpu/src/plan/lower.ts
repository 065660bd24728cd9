import {
  type Fusion,
  type Graph,
  inferShapes,
  type Node,
  type NodeOf,
  type OpName,
  type Pads,
  type Precision,
  type Shape,
} from '@alexnet/core';
import type { KernelName } from '../kernels/kernels.ts';
import type { Choices } from './choices.ts';
import { lowerConvolution } from './convolution.ts';
import { type Layout, layoutOf, vectorsOf } from './layout.ts';
import { lowerLinear } from './linear.ts';
import { padded, unpack } from './moves.ts';
import { type BufferName, cover, type Dispatch, type Word } from './step.ts';
import {
  type Constant,
  type Declared,
  type LinearWeight,
  type SegmentBuffers,
  type ValuesOf,
  vectorConstant,
} from './weights.ts';

/** What a lowering may ask. */
export interface Context {
  readonly precision: Precision;
  readonly choices: Choices;
  /** Most bytes in one binding. */
  readonly bindingLimit: number;
  layout(value: string): Layout;
  shapeOf(parameter: string): Shape;
  /** Declares a constant buffer and returns its name. */
  constant(name: BufferName, constant: Constant): BufferName;
  /** Declares the buffers of a linear layer's weight and returns them. */
  linearWeight(weight: LinearWeight): readonly SegmentBuffers[];
}

/** A node, or several that run as one, ready to be planned for any batch. */
export interface Lowered {
  /** Names of the nodes, joined with `+`. */
  readonly nodes: string;
  readonly reads: string;
  /** The value that is written: of the last node. */
  readonly writes: string;
  plan(batch: number): readonly Dispatch[];
  /** A buffer that the dispatches use between them. */
  readonly scratch?: { readonly name: BufferName; bytes(batch: number): number };
}

/** What runs at the end of a node: nothing or ReLU. */
export interface Tail {
  readonly relu: boolean;
  readonly writes: string;
  readonly nodes: string;
}

type Lowering<N extends Node> = (node: N, context: Context, tail: Tail) => Lowered;

/** One lowering per op; the type makes a forgotten op an error. */
const lowerings: { readonly [K in OpName]: Lowering<NodeOf<K>> } = {
  conv2d: lowerConvolution,
  linear: lowerLinear,

  relu: (node, { layout }) => overVectors(node, 'relu', layout(node.name), []),

  lrn(node, { layout }) {
    const y = layout(node.name);
    const before = Math.floor((node.size - 1) / 2);
    const floats = [node.alpha / node.size, node.beta, node.bias].map((float) => ({ float }));
    return overVectors(node, 'lrn', y, [y.vectors, y.channels, before, node.size - 1 - before, ...floats]);
  },

  maxPool2d(node, { layout }) {
    const [x, y] = [layout(node.inputs[0]), layout(node.name)];
    const windows = [...node.kernel, ...node.stride, node.pads.top, node.pads.left];
    return overVectors(node, 'max-pool2d', y, [y.vectors, y.height, y.width, x.height, x.width, ...windows]);
  },

  adaptiveAvgPool2d(node, { layout }) {
    const [x, y] = [layout(node.inputs[0]), layout(node.name)];
    return overVectors(node, 'adaptive-avg-pool2d', y, [y.vectors, y.height, y.width, x.height, x.width]);
  },

  batchNorm(node, { layout, constant }) {
    const y = layout(node.name);
    const factor = {
      reads: [node.scale, node.variance],
      of(valuesOf: ValuesOf) {
        const variance = valuesOf(node.variance);
        return valuesOf(node.scale).map((scale, c) => scale / Math.sqrt(variance[c]! + node.epsilon));
      },
    };
    const statistics = vectorConstant(y.channels, [node.mean, factor, node.bias]);
    return overVectors(
      node,
      'batch-norm',
      y,
      [y.vectors, y.channels],
      [constant(`${node.name}.statistics`, statistics)],
    );
  },

  pad2d: (node, { layout }) => padding(node, layout, node.pads),
  dropout: (node, { layout }) => padding(node, layout, { top: 0, left: 0 }), // a copy

  flatten(node, { layout }) {
    const pitch = layout(node.name).vectors * 4;
    const plan = (batch: number) => [unpack(node.inputs[0], node.name, layout(node.inputs[0]), batch, pitch)];
    return { nodes: node.name, reads: node.inputs[0], writes: node.name, plan };
  },

  softmax(node, { layout }) {
    const { channels, vectors } = layout(node.name);
    const plan = (batch: number): Dispatch[] => [
      {
        choice: { kernel: 'softmax' },
        params: [channels, vectors * 4],
        groups: [batch, 1, 1],
        reads: node.inputs[0],
        writes: node.name,
        constants: [],
      },
    ];
    return { nodes: node.name, reads: node.inputs[0], writes: node.name, plan };
  },
};

/** Lowers a graph, in its order, and declares what it keeps on the device. Nodes in `graph.fusions` run as one. */
export function lower(
  graph: Graph,
  { declared, ...given }: Pick<Context, 'precision' | 'choices' | 'bindingLimit'> & { readonly declared: Declared },
): Lowered[] {
  const { values, parameters } = inferShapes(graph);
  const full: Context = {
    ...given,
    layout: (value) => layoutOf(values.get(value)!),
    shapeOf: (parameter) => parameters.get(parameter)!,
    constant(name, constant) {
      declared.constants.set(name, constant);
      return name;
    },
    linearWeight(weight) {
      declared.linear.push(weight);
      return weight.segments;
    },
  };
  return withTails(graph).map(({ node, tail }) => lowerNode(node, full, tail));
}

/** Lowers one node. */
export function lowerNode(node: Node, context: Context, tail: Tail): Lowered {
  return (lowerings[node.op] as Lowering<Node>)(node, context, tail);
}

/** Nodes with what runs at their end, by `fusions`; nodes that run at the end of others are left out. */
export function withTails<N extends { readonly name: string }>({
  nodes,
  fusions = [],
}: {
  readonly nodes: readonly N[];
  readonly fusions?: readonly Fusion[] | undefined;
}): { readonly node: N; readonly tail: Tail }[] {
  const tails = new Map(fusions.map((names) => [names[0]!, names]));
  const inside = new Set(fusions.flatMap((names) => names.slice(1)));
  return nodes
    .filter(({ name }) => !inside.has(name))
    .map((node) => {
      const names = tails.get(node.name) ?? [node.name];
      return { node, tail: { relu: names.length > 1, writes: names.at(-1)!, nodes: names.join('+') } };
    });
}

/** A kernel with one invocation for each vec4 of the output, whose number is its first parameter. */
function overVectors(
  node: Node,
  kernel: KernelName,
  y: Layout,
  params: readonly Word[],
  constants: readonly BufferName[] = [],
): Lowered {
  const reads = node.inputs[0];
  const plan = (batch: number): Dispatch[] => {
    const size = batch * vectorsOf(y);
    return [
      { choice: { kernel }, params: [size, ...params], groups: cover(size), reads, writes: node.name, constants },
    ];
  };
  return { nodes: node.name, reads, writes: node.name, plan };
}

function padding(
  node: NodeOf<'pad2d' | 'dropout'>,
  layout: Context['layout'],
  pads: Pick<Pads, 'top' | 'left'>,
): Lowered {
  const [reads] = node.inputs;
  const plan = (batch: number) => [padded(reads, node.name, layout(reads), layout(node.name), pads, batch)];
  return { nodes: node.name, reads, writes: node.name, plan };
}
