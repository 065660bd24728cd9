import { memorySource } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { goldenFile } from '../testing/golden-file.ts';
import { type Attributes, bytes, le, model, node, tensor } from './onnx-bytes.ts';
import { openOnnx } from './open-onnx.ts';

const k = tensor({ name: 'k', dims: [1, 1, 3, 2], more: [bytes(9, le(new Float32Array(6)))] });
const opsOf = async (...nodes: Uint8Array[]) => (await openOnnx(memorySource(model([k], nodes)))).ops;

describe('ops', () => {
  const window = { kernel_shape: [3, 2], strides: [4, 5], pads: [1, 2, 3, 4] };
  const read = { kernel: [3, 2], stride: [4, 5], pads: [1, 2, 3, 4] };
  it.each<[string, string, Attributes, object]>([
    ['a convolution', 'Conv', window, { op: 'conv2d', ...read }],
    ['a convolution of defaults', 'Conv', {}, { op: 'conv2d', stride: [1, 1], pads: [0, 0, 0, 0] }],
    ['a pool', 'MaxPool', window, { op: 'maxPool2d', ...read }],
    [
      'a pool without padding',
      'MaxPool',
      { ...window, pads: [], auto_pad: 'VALID' },
      { op: 'maxPool2d', ...read, pads: [0, 0, 0, 0] },
    ],
    ['a pool of one dimension', 'MaxPool', { kernel_shape: [3], strides: [2] }, { op: 'maxPool2d' }],
    [
      'a normalisation',
      'LRN',
      { size: 5, alpha: 0.5, bias: 2 },
      { op: 'lrn', size: 5, alpha: 0.5, beta: 0.75, bias: 2 },
    ],
    ['ReLU', 'Relu', {}, { op: 'relu' }],
  ])('tell %s', async (_what, op, attributes, want) => {
    expect(await opsOf(node(op, ['x', 'k'], attributes, 'y'))).toEqual([want]);
  });

  it('leave out padding that depends on the size of the input', async () => {
    const [pool] = (await opsOf(node('MaxPool', ['x'], { kernel_shape: [3, 3], auto_pad: 'SAME_UPPER' }, 'y')))!;
    expect(pool).toEqual({ op: 'maxPool2d', kernel: [3, 3], stride: [1, 1] });
  });

  it('tell steps whose weights are not in the file too, and leave out those of other kinds', async () => {
    const nodes = [node('MatMul', ['x', 'z'], {}, 'y'), node('Dropout', ['y'], {}, 'd'), node('__proto__', ['d'])];
    expect(await opsOf(...nodes)).toEqual([{ op: 'linear' }]);
  });

  it('refuse lists without end', async () => {
    const long = node('Conv', ['x', 'k'], { pads: Array.from({ length: 11 }, () => 1) }, 'y');
    await expect(opsOf(long)).rejects.toMatchObject({ code: 'invalid-file', where: 'node number 0' });
  });

  it("are those of the model zoo's network, with the padding of its last pool", async () => {
    const { ops = [], metadata } = await openOnnx(memorySource(goldenFile('zoo-bvlcalexnet.onnx')));
    const stage = ['conv2d', 'relu', 'lrn', 'maxPool2d'];
    const middle = ['conv2d', 'relu'];
    const last = ['linear', 'relu', 'linear', 'relu', 'linear'];
    expect(ops.map(({ op }) => op)).toEqual([
      ...stage,
      ...stage,
      ...middle,
      ...middle,
      ...middle,
      'maxPool2d',
      ...last,
    ]);
    expect(ops[0]).toEqual({ op: 'conv2d', kernel: [11, 11], stride: [4, 4], pads: [0, 0, 0, 0] });
    expect(ops[2]).toEqual({ op: 'lrn', size: 5, alpha: Math.fround(1e-4), beta: 0.75, bias: 1 });
    expect(ops[14]).toMatchObject({ op: 'maxPool2d', pads: [0, 0, 1, 1] });
    expect(metadata).toMatchObject({ producer: 'onnx-caffe2', graph: 'AlexNet' });
  });
});
