import { evaluate, type Graph, inferShapes, type Node, type Tensor } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { type Attributes, graphInput, le, networkModel, node, tensor } from '../onnx/onnx-bytes.ts';
import { floats, integers, type One, one } from '../testing/onnx-operator.ts';
import { bytes, packedVarints } from '../testing/proto-bytes.ts';
import { type OnnxGraph, readOnnxGraph } from './read-onnx-graph.ts';
import { type OnnxValue, readOnnxValue } from './read-onnx-value.ts';

type Ours = Extract<OnnxGraph, { applies: true }>;

async function ours(file: Uint8Array, given?: readonly OnnxValue[]): Promise<Ours> {
  const read = await readOnnxGraph(file, given === undefined ? {} : { given });
  if (!read.applies) throw new Error(read.reasons.map(({ reason }) => reason).join('; '));
  inferShapes(read.graph);
  return read;
}

const noPads = { top: 0, left: 0, bottom: 0, right: 0 };

describe('readOnnxGraph makes of', () => {
  const conv = { op: 'conv2d', weight: 'w', stride: [1, 1], pads: noPads, groups: 1 };
  const pool = { op: 'maxPool2d', kernel: [3, 2], stride: [1, 1], pads: noPads, ceilMode: false };

  it.each<[string, One, Partial<Record<string, unknown>>]>([
    ['Conv', { op: 'Conv', weights: { w: [4, 2, 3, 2] } }, conv],
    [
      'Conv with everything',
      {
        op: 'Conv',
        weights: { w: [4, 1, 3, 2], b: [4] },
        attributes: { group: 2, strides: [2, 1], pads: [1, 2, 3, 4], kernel_shape: [3, 2], dilations: [1, 1] },
      },
      { ...conv, bias: 'b', groups: 2, stride: [2, 1], pads: { top: 1, left: 2, bottom: 3, right: 4 } },
    ],
    [
      'SAME_UPPER, with the odd row below',
      { op: 'Conv', weights: { w: [4, 2, 3, 4] }, attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] } },
      { ...conv, stride: [2, 2], pads: { top: 0, left: 1, bottom: 1, right: 2 } },
    ],
    [
      'SAME_LOWER, with the odd row above',
      { op: 'Conv', weights: { w: [4, 2, 3, 4] }, attributes: { auto_pad: 'SAME_LOWER', strides: [2, 2] } },
      { ...conv, stride: [2, 2], pads: { top: 1, left: 2, bottom: 0, right: 1 } },
    ],
    [
      'VALID, whatever the pads',
      { op: 'Conv', weights: { w: [4, 2, 3, 4] }, attributes: { auto_pad: 'VALID' } },
      { ...conv, pads: noPads },
    ],
    ['MaxPool', { op: 'MaxPool', attributes: { kernel_shape: [3, 2] } }, pool],
    [
      'MaxPool that rounds up',
      { op: 'MaxPool', attributes: { kernel_shape: [3, 2], ceil_mode: 1, strides: [2, 3], pads: [1, 0, 2, 1] } },
      { ...pool, ceilMode: true, stride: [2, 3], pads: { top: 1, left: 0, bottom: 2, right: 1 } },
    ],
    ['GlobalMaxPool', { op: 'GlobalMaxPool' }, { ...pool, kernel: [6, 9] }],
    ['GlobalAveragePool', { op: 'GlobalAveragePool' }, { op: 'adaptiveAvgPool2d', output: [1, 1] }],
    [
      'AveragePool with windows side by side',
      { op: 'AveragePool', attributes: { kernel_shape: [2, 3], strides: [2, 3] } },
      { op: 'adaptiveAvgPool2d', output: [3, 3] },
    ],
    [
      'AveragePool with windows that overlap as adaptive ones do',
      { op: 'AveragePool', attributes: { kernel_shape: [2, 2] } },
      { op: 'adaptiveAvgPool2d', output: [5, 8] },
    ],
    [
      'LRN, with the defaults of float32',
      { op: 'LRN', attributes: { size: 3 } },
      { op: 'lrn', size: 3, alpha: Math.fround(1e-4), beta: 0.75, bias: 1 },
    ],
    [
      'BatchNormalization',
      { op: 'BatchNormalization', weights: { s: [2], b: [2], m: [2], v: [2] }, attributes: { epsilon: 0.25 } },
      { op: 'batchNorm', scale: 's', bias: 'b', mean: 'm', variance: 'v', epsilon: 0.25 },
    ],
    ['Relu of any rank', { op: 'Relu', shape: [4, 3, 5] }, { op: 'relu' }],
    ['Flatten', { op: 'Flatten' }, { op: 'flatten' }],
    ['Flatten at an axis from the end', { op: 'Flatten', attributes: { axis: -3 } }, { op: 'flatten' }],
    ['Softmax, over the last axis since opset 13', { op: 'Softmax', shape: ['N', 7] }, { op: 'softmax' }],
    ['Softmax, over axis 1 before', { op: 'Softmax', shape: ['N', 7], more: { opset: 9 } }, { op: 'softmax' }],
    ['Dropout', { op: 'Dropout', attributes: { ratio: 0.25 }, more: { opset: 9 } }, { op: 'dropout', rate: 0.25 }],
    [
      'Pad',
      { op: 'Pad', others: ['p'], more: { initializers: [integers('p', [0, 0, 1, 2, 0, 0, 3, 4])] } },
      { op: 'pad2d', pads: { top: 1, left: 2, bottom: 3, right: 4 } },
    ],
    [
      'Pad with an attribute',
      { op: 'Pad', attributes: { pads: [0, 0, 1, 2, 0, 0, 3, 4] }, more: { opset: 9 } },
      { op: 'pad2d', pads: { top: 1, left: 2, bottom: 3, right: 4 } },
    ],
    ...(
      [
        [0, -1],
        [-1, 108],
        [0, 108],
      ] as const
    ).map((shape): [string, One, Partial<Record<string, unknown>>] => [
      `Reshape to [${shape}]`,
      { op: 'Reshape', others: ['s'], more: { initializers: [integers('s', shape)] } },
      { op: 'flatten' },
    ]),
    [
      'Reshape to the batch of the model',
      { op: 'Reshape', shape: [3, 2, 6, 9], others: ['s'], more: { initializers: [integers('s', [3, 108])] } },
      { op: 'flatten' },
    ],
    [
      'Reshape whose shape is in int64_data',
      {
        op: 'Reshape',
        others: ['s'],
        more: { initializers: [tensor({ name: 's', dims: [2], type: 7, more: [packedVarints(7, [0, 108])] })] },
      },
      { op: 'flatten' },
    ],
  ])('%s our op', async (_what, model, wanted) => {
    const { graph } = await ours(one(model));
    expect(graph.nodes).toEqual([{ name: 'y', inputs: ['x'], ...wanted }]);
    expect(graph.inputs).toEqual([{ name: 'x', shape: (model.shape ?? ['N', 2, 6, 9]).slice(1) }]);
    expect(graph.outputs).toEqual(['y']);
  });

  const x: Tensor = { shape: [2, 3], data: Float32Array.of(1, 2, 3, -1, 0, 4) };
  const resultOf = ({ graph, weights }: Ours) =>
    [...evaluate(graph, weights, { x }).get('y')!.data].map((value) => Math.round(value * 1e6) / 1e6);
  // B [3, 2] is 0 1 / 2 3 / 4 5; as [2, 3] it is 0 1 2 / 3 4 5
  const six = Float32Array.from({ length: 6 }, (_, i) => i);

  it.each<[string, Attributes, readonly number[], Float32Array | undefined, readonly number[], readonly number[]]>([
    ['B as it is', {}, [3, 2], undefined, [], [16, 22, 16, 19]],
    ['B transposed', { transB: 1 }, [2, 3], undefined, [], [8, 26, 8, 17]],
    ['alpha and beta', { alpha: 0.5, beta: 2 }, [3, 2], Float32Array.of(1, 3), [2], [10, 17, 10, 15.5]],
    ['a bias for all', {}, [3, 2], Float32Array.of(5), [], [21, 27, 21, 24]],
    ['a bias in a row', {}, [3, 2], Float32Array.of(5, 7), [1, 2], [21, 29, 21, 26]],
  ])('Gemm a linear layer: %s', async (_what, attributes, dims, bias, biasDims, wanted) => {
    const initializers = [floats('B', dims, six), ...(bias === undefined ? [] : [floats('C', biasDims, bias)])];
    const inputs = ['x', 'B', ...(bias === undefined ? [] : ['C'])];
    const model = networkModel({
      inputs: [graphInput('x', ['N', 3])],
      initializers,
      nodes: [node('Gemm', inputs, attributes, 'y')],
      outputs: ['y'],
    });
    expect(resultOf(await ours(model))).toEqual(wanted);
  });

  it('MatMul a linear layer without bias', async () => {
    const model = one({
      op: 'MatMul',
      shape: ['N', 3],
      more: { initializers: [floats('B', [3, 2], six)] },
      others: ['B'],
    });
    expect(resultOf(await ours(model))).toEqual([16, 22, 16, 19]);
  });

  it('an input that it uses as a weight a parameter, when a value is given', async () => {
    const model = one({ op: 'Gemm', shape: [2, 3], others: ['B'], more: { inputs: [graphInput('B', [3, 2])] } });
    const given = await Promise.all(
      [floats('', [2, 3], x.data), floats('', [3, 2], six)].map((file) => readOnnxValue(file)),
    );
    const read = await ours(model, given);
    expect(read.places).toEqual([0]);
    expect(resultOf(read)).toEqual([16, 22, 16, 19]);
    expect(await readOnnxGraph(model)).toEqual({
      applies: false,
      reasons: [{ node: 'y', op: 'Gemm', reason: 'a weight or shape is computed, or not given' }],
    });
  });

  it('a network a graph, with constants wherever they come from and names that our graph takes', async () => {
    const value = tensor({ name: '', dims: [1], more: [bytes(9, le(Float32Array.of(0.5)))] });
    const two = floats('', [2], Float32Array.of(1, 2));
    const model = networkModel({
      opset: 13,
      inputs: [graphInput(':x', ['N', 1, 2, 2]), graphInput('shape', [4], 7)],
      initializers: [integers('shape', [2, 1, 2, 2])],
      nodes: [
        node('ConstantOfShape', ['shape'], { value }, 'w 1'),
        node('Constant', [], { value: two }, 'b'),
        node('Conv', [':x', 'w 1', 'b'], {}, 'c'),
        node('Identity', ['c'], {}, 'same'),
        node('Dropout', ['same'], {}, 'd'),
        node('Relu', ['d'], {}, 'y'),
      ],
      outputs: ['y'],
    });
    const { graph, weights } = await ours(model);
    expect(graph.nodes.map(({ op, name, inputs }: Node) => [op, name, ...inputs])).toEqual([
      ['conv2d', 'c', 'v_x'],
      ['dropout', 'd', 'c'],
      ['relu', 'y', 'd'],
    ]);
    const image = { shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) };
    expect([...evaluate(graph, weights, { v_x: image }).get('y')!.data]).toEqual([6, 7]);
  });

  it('two weights whose names differ in a sign alone two parameters', async () => {
    const model = one({ op: 'Conv', weights: { 'w 1': [4, 2, 1, 1], 'w:1': [4] } });
    expect((await ours(model)).graph.parameters.map(({ name }) => name)).toEqual(['w_1', 'w_1.2']);
  });

  it('names that differ in signs alone names that differ', async () => {
    const nodes = Array.from({ length: 300 }, (_, i) =>
      node('Relu', [i === 0 ? 'x' : '?'.repeat(i)], {}, '?'.repeat(i + 1)),
    );
    const file = networkModel({ inputs: [graphInput('x', ['N', 4])], nodes, outputs: ['?'.repeat(300)] });
    const { graph }: { graph: Graph } = await ours(file);
    expect(new Set(graph.nodes.map(({ name }) => name)).size).toBe(300);
  });
});
