import { memorySource, sizeOf } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { type Attributes, bytes, le, model, node, tensor } from './onnx-bytes.ts';
import { openOnnx } from './open-onnx.ts';

const floats = (name: string, dims: readonly number[], values: readonly number[]) =>
  tensor({ name, dims, more: [bytes(9, le(Float32Array.from(values)))] });
const ramp = (name: string, dims: readonly number[]) =>
  floats(
    name,
    dims,
    Array.from({ length: sizeOf(dims) }, (_, i) => i),
  );

const parts = [ramp('w', [2, 3]), ramp('b', [3]), ramp('b2', [2]), ramp('k', [4, 1, 3, 2]), ramp('kb', [4])];
const open = (nodes: readonly Uint8Array[], outputs: readonly string[] = ['y'], initializers = parts) =>
  openOnnx(memorySource(model(initializers, nodes, outputs)));

describe('layers', () => {
  it.each([
    ['Conv', [node('Conv', ['x', 'k', 'kb'], {}, 'y')], { op: 'conv2d', weight: 'k', bias: 'kb', groups: 1 }],
    ['Conv in groups', [node('Conv', ['x', 'k'], { group: 2 }, 'y')], { op: 'conv2d', weight: 'k', groups: 2 }],
    [
      'Gemm with transB',
      [node('Gemm', ['x', 'w', 'b2'], { transB: 1 }, 'y')],
      { op: 'linear', weight: 'w', bias: 'b2' },
    ],
    [
      'Gemm without',
      [node('Gemm', ['x', 'w', 'b'], {}, 'y')],
      { op: 'linear', weight: 'w', bias: 'b', layout: { linear: 'IO' } },
    ],
    [
      'MatMul and Add',
      [node('MatMul', ['x', 'w'], {}, 'h'), node('Add', ['b', 'h'], {}, 'y')],
      { op: 'linear', weight: 'w', bias: 'b', layout: { linear: 'IO' } },
    ],
    [
      'MatMul and an Add of something else',
      [node('MatMul', ['x', 'w'], {}, 'h'), node('Add', ['h', 'b2'], {}, 'y')],
      { op: 'linear', weight: 'w', layout: { linear: 'IO' } },
    ],
    [
      'MatMul that is also read by another node',
      [node('MatMul', ['x', 'w'], {}, 'h'), node('Add', ['h', 'b'], {}, 'y'), node('Relu', ['h'], {}, 'z')],
      { op: 'linear', weight: 'w', layout: { linear: 'IO' } },
    ],
    [
      'Gemm whose operands come through Identity',
      [
        node('Identity', ['w'], {}, 'i'),
        node('Identity', ['i'], {}, 'j'),
        node('Gemm', ['x', 'j'], { transB: 1 }, 'y'),
      ],
      { op: 'linear', weight: 'w' },
    ],
    [
      'BatchNormalization',
      [node('BatchNormalization', ['x', 'b', 'b', 'b', 'b'], { epsilon: 0.25 }, 'y')],
      { op: 'batchNorm', weight: 'b', bias: 'b', mean: 'b', variance: 'b', epsilon: 0.25 },
    ],
    [
      'BatchNormalization with the default epsilon',
      [node('BatchNormalization', ['x', 'b', 'b', 'b', 'b'], {}, 'y')],
      { op: 'batchNorm', weight: 'b', bias: 'b', mean: 'b', variance: 'b', epsilon: Math.fround(1e-5) },
    ],
  ])('%s', async (_what, nodes, layer) => {
    const { layers } = await open(nodes);
    expect(layers).toEqual([{ name: expect.stringMatching(/^[yh]$/), ...layer }]);
  });

  it.each([
    ['a product of two values', [node('MatMul', ['x', 'z'], {}, 'y')]],
    ['a weight on the left', [node('Gemm', ['w', 'x'], {}, 'y')]],
    [
      'a ring of Identity',
      [node('Identity', ['p'], {}, 'q'), node('Identity', ['q'], {}, 'p'), node('Gemm', ['x', 'p'])],
    ],
    ['an Add without a product', [node('Add', ['x', 'b'], {}, 'y')]],
    ['ops named like what objects have', [node('constructor', ['x', 'w'], {}, 'y'), node('__proto__', ['x', 'w'])]],
  ])('not %s', async (_what, nodes) => {
    expect((await open(nodes)).layers).toEqual([]);
  });

  it('are named by the node where it has a name', async () => {
    const named = new Uint8Array([...node('Gemm', ['x', 'w'], {}, 'y'), 0x1a, 3, 0x66, 0x63, 0x36]);
    expect((await open([named])).layers).toMatchObject([{ name: 'fc6' }]);
  });

  const refused: readonly [string, Attributes, RegExp][] = [
    ['alpha', { alpha: 0.5 }, /The Gemm "y" scales/],
    ['beta', { beta: 0.5 }, /The Gemm "y" scales/],
    ['transA', { transA: 1 }, /The Gemm "y" transposes/],
  ];
  it.each(refused)('refuse Gemm with %s', async (_what, attributes, text) => {
    const gemm = node('Gemm', ['x', 'w', 'b'], attributes, 'y');
    const error = { code: 'unsupported', message: expect.stringMatching(text), where: 'node "y"' };
    await expect(open([gemm])).rejects.toMatchObject(error);
    await expect(open([gemm, node('Relu', ['y'], {}, 'z')], ['z'])).rejects.toMatchObject(error);
  });

  it.each(refused)('leave out Gemm with %s when nothing reads what it computes', async (_what, attributes) => {
    const { layers, tensors } = await open([node('Gemm', ['x', 'w', 'b'], attributes, 'y')], ['z']);
    expect([layers, tensors.has('w')]).toEqual([[], true]);
  });

  it('take beta as nothing where there is no bias', async () => {
    expect((await open([node('Gemm', ['x', 'w'], { beta: 0.5 }, 'y')])).layers).toHaveLength(1);
  });
});
