import { type Graph, type Node, type NodeOf, type OpName, sizeOf } from '@alexnet/core';
import { lowerBatchNorm } from './batch-norm.ts';
import { integers as int32 } from './constant.ts';
import { lowerConvolution } from './convolution.ts';
import { orderMatters } from './flat-order.ts';
import { float32 } from './graph-def.ts';
import { lowerLinear } from './linear.ts';
import { type Lowered, type LoweringContext, node } from './lowered.ts';
import { lowerLrn } from './lrn.ts';
import { lowerAveragePool, lowerMaxPool } from './pooling.ts';

type Lowering<N extends Node> = (layer: N, context: LoweringContext) => Lowered;

/** One lowering per op; the type makes a forgotten op an error. */
const lowerings: { readonly [K in OpName]: Lowering<NodeOf<K>> } = {
  conv2d: (layer, context) => lowerConvolution(layer, layer.name, false, context),
  linear: (layer, context) => lowerLinear(layer, layer.name, false, context),
  relu: ({ name, inputs }) => ({ nodes: [node('Relu', name, inputs, float32)] }),
  lrn: lowerLrn,
  maxPool2d: lowerMaxPool,
  adaptiveAvgPool2d: lowerAveragePool,
  batchNorm: lowerBatchNorm,

  pad2d({ name, inputs, pads: { top, left, bottom, right } }, { part }) {
    const paddings = int32(part(name, 'paddings'), [4, 2], [0, 0, top, bottom, left, right, 0, 0]);
    return { nodes: [node('Pad', name, [...inputs, paddings.name], float32)], constants: [paddings] };
  },

  flatten({ name, inputs }, { shapeOf, hwcOf, part }) {
    const image = shapeOf(inputs[0]);
    const shape = int32(part(name, 'shape'), [2], [-1, sizeOf(image)]);
    if (hwcOf(name) !== undefined || !orderMatters(image)) {
      return { nodes: [node('Reshape', name, [...inputs, shape.name], float32)], constants: [shape] };
    }
    const chw = part(name, 'chw');
    const order = int32(part(name, 'order'), [4], [0, 3, 1, 2]);
    return {
      nodes: [
        node('Transpose', chw, [...inputs, order.name], float32),
        node('Reshape', name, [chw, shape.name], float32),
      ],
      constants: [order, shape],
    };
  },

  dropout: ({ name, inputs }) => ({ nodes: [node('Identity', name, inputs, float32)] }),
  softmax: ({ name, inputs }) => ({ nodes: [node('Softmax', name, inputs, float32)] }),
};

/** Lowers every node of a graph, those of a fusion as one. */
export function lower(graph: Graph, context: LoweringContext): Lowered[] {
  const fusedInto = new Map((graph.fusions ?? []).map(([first, last]) => [first, last]));
  const fused = new Set(fusedInto.values());
  return graph.nodes
    .filter(({ name }) => !fused.has(name))
    .map((layer) => {
      const value = fusedInto.get(layer.name);
      if (value !== undefined && layer.op === 'conv2d') return lowerConvolution(layer, value, true, context);
      if (value !== undefined && layer.op === 'linear') return lowerLinear(layer, value, true, context);
      return (lowerings[layer.op] as Lowering<Node>)(layer, context);
    });
}
