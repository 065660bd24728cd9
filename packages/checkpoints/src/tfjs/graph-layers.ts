import type { Shape } from '@alexnet/core';
import type { CheckpointLayer } from '../checkpoint-file.ts';
import { flag, float, type GraphNode, texts } from './graph-nodes.ts';

/*
 * The layers of a graph model, from its nodes: TensorFlow's converter has made most of Conv2D, BiasAdd and an activation into one
 * _FusedConv2D, and of MatMul alike. Names are those of the constants that a node reads.
 */

export type Nodes = ReadonlyMap<string, GraphNode>;

/** A layer, and the node that computes with its weight. */
export interface GraphLayer extends CheckpointLayer {
  readonly node: string;
}

/** TensorFlow's own, where a batch norm has none. */
const DEFAULT_EPSILON = 1e-4;

/** The layers in computing order. `shapes`: of the weights in the files. */
export function graphLayers(nodes: Nodes, shapes: ReadonlyMap<string, Shape>): readonly GraphLayer[] {
  const isVector = (name: string | undefined) => name !== undefined && shapes.get(name)?.length === 1;
  const readers = firstReaders(nodes);
  return [...nodes.values()].flatMap((node): readonly GraphLayer[] => {
    const op = ops[node.op];
    const [, second, third] = node.inputs.map((input) => constantOf(nodes, input));
    if (op === 'batchNorm') return batchNorm(nodes, node);
    if (op === undefined || second === undefined || shapes.get(second)?.length !== (op === 'conv2d' ? 4 : 2)) return [];
    const isFused = texts(node, 'fused_ops')[0] === 'BiasAdd';
    const bias = isFused ? third : addedTo(nodes, node, readers.get(node.name));
    const layer = {
      name: node.name,
      node: node.name,
      op,
      weight: second,
      ...(bias !== undefined && isVector(bias) ? { bias } : {}),
    };
    if (op === 'conv2d') return [layer];
    const linear = flag(node, 'transpose_b') ? ({ linear: 'OI' } as const) : {};
    const flatten = flattensChw(nodes, node) ? ({ flatten: 'CHW' } as const) : {};
    const layout = { ...linear, ...flatten };
    return [Object.keys(layout).length === 0 ? layer : { ...layer, layout }];
  });
}

const ops: Readonly<Record<string, CheckpointLayer['op']>> = {
  Conv2D: 'conv2d',
  _FusedConv2D: 'conv2d',
  MatMul: 'linear',
  _FusedMatMul: 'linear',
  FusedBatchNorm: 'batchNorm',
  FusedBatchNormV2: 'batchNorm',
  FusedBatchNormV3: 'batchNorm',
};

function batchNorm(nodes: Nodes, node: GraphNode): readonly GraphLayer[] {
  const [, weight, bias, mean, variance] = node.inputs.map((input) => constantOf(nodes, input));
  if (weight === undefined || bias === undefined || mean === undefined || variance === undefined) return [];
  const epsilon = float(node, 'epsilon') ?? DEFAULT_EPSILON;
  return [{ name: node.name, node: node.name, op: 'batchNorm', weight, bias, mean, variance, epsilon }];
}

/** The constant that a value is, through nodes that change nothing. */
function constantOf(nodes: Nodes, name: string): string | undefined {
  const found = back(nodes, name, (op) => op === 'Identity');
  return found?.op === 'Const' ? found.name : undefined;
}

/** The bias that the only reader of a product adds to it. */
function addedTo(nodes: Nodes, { name }: GraphNode, reader: GraphNode | undefined): string | undefined {
  if (reader === undefined || !['BiasAdd', 'Add', 'AddV2'].includes(reader.op)) return undefined;
  const other = reader.inputs.find((input) => input !== name);
  return other === undefined ? undefined : constantOf(nodes, other);
}

/** The node that reads each node; none where several do. */
function firstReaders(nodes: Nodes): ReadonlyMap<string, GraphNode | undefined> {
  const readers = new Map<string, GraphNode | undefined>();
  for (const node of nodes.values()) {
    for (const input of node.inputs) readers.set(input, readers.has(input) ? undefined : node);
  }
  return readers;
}

/** Ops that leave a flat value's order as it is. */
const elementwise = new Set(['Identity', 'Relu', 'Relu6', 'Dropout']);

/** Whether what a linear layer reads was an image that was put into the order CHW before it was made flat. */
function flattensChw(nodes: Nodes, { inputs: [input] }: GraphNode): boolean {
  const reshape = input === undefined ? undefined : back(nodes, input, (op) => elementwise.has(op));
  return reshape?.op === 'Reshape' && nodes.get(reshape.inputs[0] ?? '')?.op === 'Transpose';
}

/** More nodes in a row than anybody puts between two layers. */
const MAX_STEPS = 16;

/** The first node that is not passed on the way back along the first inputs. */
export function back(nodes: Nodes, name: string, passes: (op: string) => boolean): GraphNode | undefined {
  let node = nodes.get(name);
  for (let i = 0; i < MAX_STEPS && node !== undefined && passes(node.op); i++) node = nodes.get(node.inputs[0] ?? '');
  return node;
}
