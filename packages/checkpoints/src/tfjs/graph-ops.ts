import type { Shape } from '@alexnet/core';
import type { CheckpointOp } from '../checkpoint-file.ts';
import { samePads } from '../keras/ops.ts';
import type { Nodes } from './graph-layers.ts';
import { float, type GraphNode, integer, integers, text, texts } from './graph-nodes.ts';

/** Nodes that compute nothing that has a name among ours. */
const silent = new Set(
  'Const Placeholder Identity Reshape Transpose Softmax Split ConcatV2 BiasAdd Add AddV2 Pad PadV2 Shape StridedSlice Pack'.split(
    ' ',
  ),
);

/**
 * The steps that a graph tells; undefined where it has nodes of other kinds. `repeated`: names of convolutions that are parts of one
 * whose first part is another.
 */
export function graphOps(
  nodes: Nodes,
  shapes: ReadonlyMap<string, Shape>,
  repeated: ReadonlySet<string>,
): readonly CheckpointOp[] | undefined {
  const steps = [...nodes.values()].map((node) => (repeated.has(node.name) ? [] : stepsOf(nodes, shapes, node)));
  return steps.includes(undefined) ? undefined : steps.flatMap((ops) => ops ?? []);
}

function stepsOf(nodes: Nodes, shapes: ReadonlyMap<string, Shape>, node: GraphNode): CheckpointOp[] | undefined {
  const relu: CheckpointOp[] = texts(node, 'fused_ops').includes('Relu') ? [{ op: 'relu' }] : [];
  const isPadded = ['Pad', 'PadV2'].includes(nodes.get(node.inputs[0] ?? '')?.op ?? '');
  switch (node.op) {
    case 'Conv2D':
    case '_FusedConv2D': {
      const kernel = pairOf(shapes.get(node.inputs[1] ?? '')?.slice(0, 2));
      return [{ op: 'conv2d', ...windowOf(node, kernel, isPadded) }, ...relu];
    }
    case 'MaxPool':
      return [{ op: 'maxPool2d', ...windowOf(node, pairOf(integers(node, 'ksize').slice(1, 3)), isPadded) }];
    case 'MatMul':
    case '_FusedMatMul':
      return [{ op: 'linear' }, ...relu];
    case 'FusedBatchNorm':
    case 'FusedBatchNormV2':
    case 'FusedBatchNormV3':
      return [{ op: 'batchNorm' }];
    case 'Relu':
      return [{ op: 'relu' }];
    case 'LRN':
      return [{ op: 'lrn', ...lrnOf(node) }];
    default:
      return silent.has(node.op) ? [] : undefined;
  }
}

/** TensorFlow's radius r is a size of 2r + 1, and its alpha is not divided by it. */
function lrnOf(node: GraphNode): Omit<CheckpointOp, 'op'> {
  const size = 2 * (integer(node, 'depth_radius') ?? 5) + 1;
  const [alpha = 1, beta = 0.5, bias = 1] = ['alpha', 'beta', 'bias'].map((name) => float(node, name));
  return { size, alpha: alpha * size, beta, bias };
}

type Pair = readonly [number, number];

/** Images are NHWC. Pads are told where they neither depend on the size of the image nor lie in another node. */
function windowOf(node: GraphNode, kernel: Pair | undefined, isPadded: boolean): Omit<CheckpointOp, 'op'> {
  const stride = pairOf(integers(node, 'strides').slice(1, 3));
  const pads = isPadded ? undefined : padsOf(node, kernel, stride);
  return { ...(kernel && { kernel }), ...(stride && { stride }), ...(pads && { pads }) };
}

function padsOf(node: GraphNode, kernel: Pair | undefined, stride: Pair | undefined): CheckpointOp['pads'] {
  const padding = text(node, 'padding');
  if (padding === 'VALID') return [0, 0, 0, 0];
  if (padding === 'SAME') return samePads(kernel, stride);
  const [, , top, bottom, left, right] = integers(node, 'explicit_paddings');
  return top !== undefined && left !== undefined && right !== undefined ? [top, left, bottom!, right] : undefined;
}

function pairOf([first, second]: readonly number[] = []): Pair | undefined {
  return first === undefined || second === undefined ? undefined : [first, second];
}
