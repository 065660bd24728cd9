import { expect, it } from 'vitest';
import { splitWeights } from './split-weights.ts';

const bounds = (binding: number, buffer = 2 ** 31) => ({ maxStorageBufferBindingSize: binding, maxBufferSize: buffer });

it.each([
  {
    why: 'what the smallest device binds',
    limits: bounds(2 ** 27, 2 ** 28),
    setup: {},
    says: /holds 134 MB.*151 MB.*into 2\./,
  },
  { why: 'a small buffer', limits: bounds(2 ** 31, 2 ** 26), setup: {}, says: /holds 67 MB.*into 3\./ },
  {
    why: 'what the caller allows',
    limits: bounds(2 ** 31),
    setup: { maxBindingBytes: 1e8 },
    says: /holds 100 MB.*into 2\./,
  },
])('fc6 is split for $why', ({ limits, setup, says }) => {
  expect(splitWeights(limits, setup)).toEqual([
    { reason: expect.stringMatching(says), fix: expect.stringContaining('f16') },
  ]);
});

it('nothing is split where fc6 fits', () => {
  expect(splitWeights(bounds(4096 * 9216 * 4), {})).toEqual([]);
});
