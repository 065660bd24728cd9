import { expect, it } from 'vitest';
import { type Constant, floats, integers } from './constant.ts';
import { hwio, inOut, slice } from './parameters.ts';
import { cutShards, describeShards } from './shards.ts';

const counted = (shape: readonly number[]) => {
  const length = shape.reduce((product, extent) => product * extent, 1);
  return { shape, data: Float32Array.from({ length }, (_, i) => i) };
};
const values = (constant: Constant, shardBytes = 2 ** 20) => [
  ...new Float32Array(
    Uint8Array.from(Buffer.concat([...cutShards([constant], shardBytes, 'g')].map(({ data }) => data))).buffer,
  ),
];

it('writes OIHW as HWIO', () => {
  // [2, 3, 1, 4]: element [o, i, 0, w] is 12 o + 4 i + w and goes to [0, w, i, o]
  const constant = hwio('w', counted([2, 3, 1, 4]));
  expect(constant.shape).toEqual([1, 4, 3, 2]);
  expect(values(constant).slice(0, 8)).toEqual([0, 12, 4, 16, 8, 20, 1, 13]);
});

it('writes the rows of one group as HWIO', () => {
  const constant = hwio('w', counted([6, 2, 1, 1]), 3, 3);
  expect(constant.shape).toEqual([1, 1, 2, 3]);
  expect(values(constant)).toEqual([6, 8, 10, 7, 9, 11]);
});

it('writes [out, in] as [in, out]', () => {
  expect(values(inOut('w', counted([2, 3])))).toEqual([0, 3, 1, 4, 2, 5]);
});

it('writes rows for a flattened image in the order HWC', () => {
  // 2 channels and 3x1 pixels: c * 3 + p goes to row p * 2 + c
  expect(values(inOut('w', counted([2, 6]), [2, 3, 1]))).toEqual([0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11]);
});

it.each([4, 8, 12, 20, 28, 400])('cuts a rearranged weight at any word: shards of %i bytes', (shardBytes) => {
  const constant = inOut('w', counted([5, 12]), [2, 3, 2]);
  expect(values(constant, shardBytes)).toEqual(values(constant));
});

it('lets weights of both types follow each other across shards, and says how', () => {
  const constants = [
    slice('bias', counted([7]), [3], 2),
    integers('axis', [], [-1]),
    floats('low', [1], Float32Array.of(-Infinity)),
  ];
  const shards = [...cutShards(constants, 8, 'group1')];
  expect(describeShards(constants, 8, 'group1')).toEqual({
    paths: shards.map(({ name }) => name),
    weights: [
      { name: 'bias', shape: [3], dtype: 'float32' },
      { name: 'axis', shape: [], dtype: 'int32' },
      { name: 'low', shape: [1], dtype: 'float32' },
    ],
  });
  expect(shards.map(({ name, data }) => [name, Buffer.from(data).toString('hex')])).toEqual([
    ['group1-shard1of3.bin', '0000004000004040'],
    ['group1-shard2of3.bin', '00008040ffffffff'],
    ['group1-shard3of3.bin', '000080ff'],
  ]);
});

it('keeps the bits of NaN', () => {
  const bits = Int32Array.of(0x7fc12345, 0x7f812345);
  const constant = floats('nan', [2], new Float32Array(bits.buffer));
  const [shard] = [...cutShards([constant], 8, 'group1')];
  expect(new Int32Array(shard!.data.buffer)).toEqual(bits);
});

it('makes no file of nothing', () => {
  expect([...cutShards([], 8, 'group1')]).toEqual([]);
  expect(describeShards([], 8, 'group1')).toEqual({ paths: [], weights: [] });
});
