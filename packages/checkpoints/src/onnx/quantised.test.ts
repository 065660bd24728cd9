import { memorySource, restoreWeight, storeWeight, toFloat32, toHalf } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { bytes, le, model, node, tensor } from './onnx-bytes.ts';
import { openOnnx } from './open-onnx.ts';

const floats = (name: string, dims: readonly number[], values: readonly number[]) =>
  tensor({ name, dims, more: [bytes(9, le(Float32Array.from(values)))] });
const open = (nodes: readonly Uint8Array[], outputs: readonly string[], initializers: readonly Uint8Array[]) =>
  openOnnx(memorySource(model(initializers, nodes, outputs)));

describe('quantised weights', () => {
  const int8 = (name: string, dims: readonly number[], values: readonly number[]) =>
    tensor({ name, dims, type: 3, more: [bytes(9, le(Int8Array.from(values)))] });
  const q = int8('q', [2, 3], [-128, -1, 0, 1, 2, 127]);

  it.each([
    ['one scale', [floats('s', [], [0.5])], {}, [-64, -0.5, 0, 0.5, 1, 63.5]],
    ['one scale and zero', [floats('s', [], [0.5]), int8('z', [], [2])], {}, [-65, -1.5, -1, -0.5, 0, 62.5]],
    ['a scale for each column', [floats('s', [3], [1, 2, 3])], {}, [-128, -2, 0, 1, 4, 381]],
    ['a scale for each row', [floats('s', [2], [1, 2])], { axis: 0 }, [-128, -1, 0, 2, 4, 254]],
    [
      'a scale and zero for each row, the axis counted from the end',
      [floats('s', [2], [1, 2]), int8('z', [2], [1, -1])],
      { axis: -2 },
      [-129, -2, -1, 4, 6, 256],
    ],
  ])('DequantizeLinear with %s', async (_what, factors, attributes, values) => {
    const inputs = ['q', 's', ...(factors.length > 1 ? ['z'] : [])];
    const file = await open(
      [node('DequantizeLinear', inputs, attributes, 'w'), node('Gemm', ['x', 'w'], { transB: 1 }, 'y')],
      ['y'],
      [q, ...factors],
    );
    expect([...file.tensors.keys()]).toEqual(['w']);
    expect(file.layers).toEqual([{ name: 'y', op: 'linear', weight: 'w' }]);
    const { dtype, shape, read } = file.tensors.get('w')!;
    expect([dtype, shape]).toEqual(['F32', [2, 3]]);
    expect([...toFloat32({ dtype, shape, data: await read(0, 6) })]).toEqual(values);
    expect([...toFloat32({ dtype, shape, data: await read(2, 5) })]).toEqual(values.slice(2, 5));
  });

  it.each([
    ['of a value', ['x', 's'], {}],
    ['without a scale', ['q'], {}],
    ['with scales that fit no axis', ['q', 'three'], { axis: 0 }],
    ['in blocks', ['q', 's'], { block_size: 2 }],
    ['with a zero that is a value', ['q', 's', 'x'], {}],
  ])('DequantizeLinear %s is no weight', async (_what, inputs, attributes) => {
    const initializers = [q, floats('s', [], [1]), floats('three', [3], [1, 1, 1])];
    const file = await open([node('DequantizeLinear', inputs, attributes, 'w')], ['w'], initializers);
    expect([...file.tensors.keys()]).toEqual(['q', 's', 'three']);
  });

  const weight = { shape: [3, 70], data: Float32Array.from({ length: 210 }, (_, i) => Math.sin(i)) };
  const common = (bits: number, block: number) => ({ N: 3, K: 70, bits, block_size: block });

  it('MatMulNBits of 4 bits in blocks', async () => {
    const stored = storeWeight(weight, 'q4');
    if (stored.precision !== 'q4') throw new Error('not q4');
    const file = await open(
      [node('MatMulNBits', ['x', 'B', 's', '', '', 'b'], common(4, 32), 'y')],
      ['y'],
      [
        tensor({ name: 'B', dims: [3, 3, 16], type: 2, more: [bytes(9, stored.data)] }),
        tensor({ name: 's', dims: [9], type: 10, more: [bytes(9, le(stored.scales))] }),
        floats('b', [3], [1, 2, 3]),
      ],
    );
    expect(file.layers).toEqual([{ name: 'y', op: 'linear', weight: 'B', bias: 'b' }]);
    await expectSame(file.tensors.get('B')!, restoreWeight(stored).data);
  });

  it('MatMulNBits of 8 bits, with an Add', async () => {
    const stored = storeWeight(weight, 'q8');
    if (stored.precision !== 'q8') throw new Error('not q8');
    const codes = new Uint8Array(3 * 96).fill(128);
    for (let i = 0; i < 210; i++) codes[Math.floor(i / 70) * 96 + (i % 70)] = stored.data[i]! + 128;
    const scales = Array.from({ length: 9 }, (_, i) => stored.scales[Math.floor(i / 3)]!);
    const file = await open(
      [node('MatMulNBits', ['x', 'B', 's'], common(8, 32), 'h'), node('Add', ['h', 'b'], {}, 'y')],
      ['y'],
      [
        tensor({ name: 'B', dims: [3, 3, 32], type: 2, more: [bytes(9, codes)] }),
        floats('s', [3, 3], scales),
        floats('b', [3], [1, 2, 3]),
      ],
    );
    expect(file.layers).toEqual([{ name: 'h', op: 'linear', weight: 'B', bias: 'b' }]);
    await expectSame(file.tensors.get('B')!, restoreWeight(stored).data);
  });

  it.each([
    ['of 2 bits', common(2, 32), ['x', 'B', 's']],
    ['of another size', { ...common(4, 32), K: 97 }, ['x', 'B', 's']],
    ['without blocks', { ...common(4, 32), block_size: 0 }, ['x', 'B', 's']],
    ['of a negative size', { ...common(4, 32), N: -3, K: -70 }, ['x', 'B', 's']],
    ['with zero points', common(4, 32), ['x', 'B', 's', 'B']],
  ])('MatMulNBits %s is left packed', async (_what, attributes, inputs) => {
    const half = toHalf(Float32Array.from({ length: 9 }, () => 1));
    const file = await open(
      [node('MatMulNBits', inputs, attributes, 'y')],
      ['y'],
      [
        tensor({ name: 'B', dims: [3, 3, 16], type: 2, more: [bytes(9, new Uint8Array(144))] }),
        tensor({ name: 's', dims: [9], type: 10, more: [bytes(9, le(half))] }),
      ],
    );
    expect([...file.tensors].map(([name, { dtype }]) => [name, dtype])).toEqual([
      ['B', 'U8'],
      ['s', 'F16'],
    ]);
    expect(file.layers).toEqual([]);
  });

  async function expectSame(tensorRead: { read(from: number, to: number): Promise<Uint8Array> }, want: Float32Array) {
    for (const [from, to] of [
      [0, 210],
      [65, 141],
      [70, 140],
      [209, 210],
      [5, 5],
    ] as const) {
      const data = await tensorRead.read(from, to);
      expect(toFloat32({ dtype: 'F32', shape: [], data })).toEqual(want.slice(from, to));
    }
  }
});
