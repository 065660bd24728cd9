import { type ByteSource, concatBytes, memorySource, sizeOf, toFloat32 } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import type { CheckpointFile } from '../checkpoint-file.ts';
import { openModel as open, raw, six } from '../testing/open-model.ts';
import { float, packedVarints } from '../testing/proto-bytes.ts';
import { all, bytes, externalTensor, le, message, model, node, tensor, varint } from './onnx-bytes.ts';
import { openOnnx } from './open-onnx.ts';

const good = model([tensor({ more: [raw] })]);

async function valuesOf({ tensors }: CheckpointFile, name = 'w'): Promise<number[]> {
  const { dtype, shape, read } = tensors.get(name)!;
  return [...toFloat32({ dtype, shape, data: await read(0, sizeOf(shape)) })];
}

const packed = (values: Uint16Array) => packedVarints(5, [...values]);

describe('openOnnx reads', () => {
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x4300, 0, 0x0001, 0x7e00);
  const brains = Uint16Array.of(0x3f80, 0xc000, 0x4060, 0, 0x0001, 0x7fc0);
  const doubles = Float64Array.from(six);
  const subnormal = { F32: Math.fround(1e-40), half: 2 ** -24, brain: 2 ** -133 };

  it.each([
    ['raw float32', tensor({ more: [raw] }), subnormal.F32],
    ['float_data', tensor({ more: [bytes(4, le(six))] }), subnormal.F32],
    ['float_data that is not packed', tensor({ more: Array.from(six, (v) => float(4, v)) }), subnormal.F32],
    ['raw float64', tensor({ type: 11, more: [bytes(9, le(doubles))] }), subnormal.F32],
    ['double_data', tensor({ type: 11, more: [bytes(10, le(doubles))] }), subnormal.F32],
    ['raw float16', tensor({ type: 10, more: [bytes(9, le(halves))] }), subnormal.half],
    ['float16 in int32_data', tensor({ type: 10, more: [packed(halves)] }), subnormal.half],
    ['raw bfloat16', tensor({ type: 16, more: [bytes(9, le(brains))] }), subnormal.brain],
    ['bfloat16 in int32_data', tensor({ type: 16, more: [packed(brains)] }), subnormal.brain],
    ['an external file', externalTensor({ location: 'w.bin' }), subnormal.F32],
    ['part of an external file', externalTensor({ location: 'w.bin', offset: '0', length: '24' }), subnormal.F32],
  ])('%s', async (_what, proto, tiny) => {
    const file = await open(model([proto]));
    expect(file.tensors.get('w')!.shape).toEqual([2, 3]);
    expect(await valuesOf(file)).toEqual([1, -2, 3.5, 0, tiny, Number.NaN]);
  });

  it('packed dimensions, scalars and empty tensors', async () => {
    const packedDims = message((pbf) => pbf.writePackedVarint(1, [3, 2]));
    const { tensors } = await open(
      model([
        concatBytes([packedDims, tensor({ name: 'packed', dims: [], more: [raw] })]),
        tensor({ name: 'scalar', dims: [], more: [bytes(9, le(Float32Array.of(7)))] }),
        tensor({ name: 'empty', dims: [0, 5] }),
      ]),
    );
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ['packed', [3, 2]],
      ['scalar', []],
      ['empty', [0, 5]],
    ]);
  });

  it('constants, integers, and by name what holds no numbers', async () => {
    const value = tensor({ name: '', dims: [2], more: [bytes(9, le(Float32Array.of(4, 5)))] });
    const file = await open(
      model(
        [
          tensor({ name: 'shape', dims: [2], type: 7, more: [bytes(9, le(BigInt64Array.of(-1n, 9n)))] }),
          tensor({ name: 'sizes', dims: [3], type: 7, more: [varint(7, 1), varint(7, 2), varint(7, 3)] }),
          tensor({ name: 'words', dims: [1], type: 8, more: [bytes(6, 'word')] }),
        ],
        [node('Constant', [], { value }, 'c')],
      ),
    );
    expect([...file.tensors].map(([name, { dtype }]) => [name, dtype])).toEqual([
      ['c', 'F32'],
      ['shape', 'I64'],
    ]);
    expect(await valuesOf(file, 'c')).toEqual([4, 5]);
    expect(file.others).toEqual(['sizes', 'words']);
  });

  it('what the file says of itself', async () => {
    const pair = (key: string, value: string) => bytes(14, all(bytes(1, key), bytes(2, value)));
    const about = all(
      bytes(2, 'pytorch'),
      bytes(3, '2.9'),
      pair('licence', 'MIT'),
      pair('__proto__', 'x'),
      pair('long', '-'.repeat(1e5)),
    );
    const { metadata } = await open(concatBytes([good, about]));
    expect(Object.entries(metadata)).toEqual([
      ['producer', 'pytorch'],
      ['producer version', '2.9'],
      ['licence', 'MIT'],
      ['__proto__', 'x'],
    ]);
  });

  it('no messages inside of those that it does not know, however deep', async () => {
    const nested = (depth: number): Uint8Array =>
      depth === 0 ? Uint8Array.of(0x80) : all(bytes(7, nested(depth - 1)));
    expect((await open(nested(500))).tensors.size).toBe(0);
  });

  it('of a large file only what is not values', async () => {
    const file = model([tensor({ name: 'large', dims: [1_000_000], more: [bytes(9, new Uint8Array(4_000_000))] })]);
    const inner = memorySource(file);
    let count = 0;
    const source: ByteSource = {
      ...inner,
      read(offset, length, options) {
        count += length;
        return inner.read(offset, length, options);
      },
    };
    const { tensors } = await openOnnx(source);
    expect(count).toBeLessThan(2 ** 17);
    count = 0;
    expect(await tensors.get('large')!.read(10, 20)).toEqual(new Uint8Array(40));
    expect(count).toBe(40);
  });
});
