import { describe, expect, it } from 'vitest';
import type { Precision } from '../../backend/backend.ts';
import type { Tensor } from '../../tensor.ts';
import { philoxStream } from '../philox.ts';
import { fromHalf, toHalf } from './half.ts';
import { restoreWeight, storeWeight } from './store.ts';
import type { StoredWeight, WeightQ4, WeightQ8 } from './stored-weight.ts';

const tensor = (shape: readonly number[], ...values: number[]): Tensor => ({ shape, data: Float32Array.from(values) });
const random = (out: number, features: number): Tensor => {
  const words = philoxStream([0, 0, 0, 0], [7, features], out * features);
  return { shape: [out, features], data: Float32Array.from(words, (word) => (word - 2 ** 31) / 2 ** 33) };
};
const q8 = (of: Tensor) => storeWeight(of, 'q8') as WeightQ8;
const q4 = (of: Tensor) => storeWeight(of, 'q4') as WeightQ4;
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe('f32', () => {
  it('is the tensor itself', () => {
    const weight = random(2, 3);
    expect(storeWeight(weight, 'f32')).toEqual({ precision: 'f32', ...weight });
    expect(restoreWeight(storeWeight(weight, 'f32')).data).toBe(weight.data);
  });
});

describe('f16', () => {
  it('keeps the nearest half of every value, infinities and NaN', () => {
    const weight = tensor([2, 3], 1 / 3, -65520, 2 ** -24, nan, -infinity, 1e-9);
    const stored = storeWeight(weight, 'f16');
    expect(stored).toEqual({ precision: 'f16', shape: [2, 3], data: toHalf(weight.data) });
    expect([...restoreWeight(stored).data]).toEqual([0.333251953125, -infinity, 2 ** -24, nan, -infinity, 0]);
  });
});

describe('q8', () => {
  it('takes one float32 scale per row, so that the largest magnitude is 127', () => {
    const stored = q8(tensor([3, 4], 1, -2, 0.5, 0, 10, 20, 30, 40, -0.254, 0.002, 0.1, 0.254));
    expect([...stored.scales]).toEqual([2 / 127, 40 / 127, Math.fround(0.254) / 127].map(Math.fround));
    expect([...stored.data]).toEqual([64, -127, 32, 0, 32, 64, 95, 127, -127, 1, 50, 127]);
  });

  it('rounds ties to even', () => {
    const stored = q8(tensor([1, 7], 127, 0.5, 1.5, 2.5, -0.5, -1.5, 126.5));
    expect([...stored.data]).toEqual([127, 0, 2, 2, 0, -2, 126]);
  });

  it('means the product of the number and the scale, rounded to float32', () => {
    const weight = random(3, 37);
    const stored = q8(weight);
    const want = Float32Array.from(stored.data, (q, i) => q * stored.scales[Math.floor(i / 37)]!);
    expect(restoreWeight(stored)).toEqual({ shape: [3, 37], data: want });
  });

  it.each([
    { why: 'zeros', row: [0, -0, 0], scale: 0, data: [0, 0, 0] },
    { why: 'numbers too small for a scale', row: [2 ** -149, 0, 2 ** -148], scale: 0, data: [0, 0, 0] },
    { why: 'numbers whose scale is subnormal', row: [2 ** -142, 2 ** -141, 0], scale: 2 ** -148, data: [64, 127, 0] },
    { why: 'the largest numbers', row: [2 ** 127, 0, -(2 ** 127)], scale: 2 ** 127 / 127, data: [127, 0, -127] },
  ])('holds a row of $why', ({ row, scale, data }) => {
    const stored = q8(tensor([2, 3], 1, 2, 3, ...row));
    expect(stored.scales[1]).toBe(Math.fround(scale));
    expect([...stored.data.subarray(3)]).toEqual(data);
    expect(restoreWeight(stored).data.every(Number.isFinite)).toBe(true);
  });
});

describe('q4', () => {
  it('packs two to a byte, low nibble first, as q + 8, and fills the last block up with zeros', () => {
    const stored = q4(tensor([2, 3], -8, 7, -1, 1, 4, -2));
    expect([...stored.scales]).toEqual([...toHalf(Float32Array.of(1, -0.5))]);
    // -8 7 | -1 and a zero; the second row in steps of -1/2: -2 -8 | 4 and a zero
    const row = (...bytes: number[]) => [...bytes, ...Array.from({ length: 14 }, () => 0x88)];
    expect([...stored.data]).toEqual([...row(0xf0, 0x87), ...row(0x06, 0x8c)]);
    expect([...restoreWeight(stored).data]).toEqual([-8, 7, -1, 1, 4, -2]);
  });

  it('takes one half scale per block of 32 along the input: the largest magnitude becomes -8, on either side', () => {
    const values = Array.from({ length: 2 * 70 }, (_, i) => (i % 9) - 4);
    values[33] = 100; // in the second block of the first row
    values[70 + 69] = -0.3; // in the short last block of the second
    for (let i = 70 + 64; i < 70 + 69; i++) values[i] = 0;
    const stored = q4(tensor([2, 70], ...values));
    expect([...fromHalf(stored.scales)]).toEqual([
      ...fromHalf(toHalf(Float32Array.of(0.5, -12.5, 3 / 8, -0.5, -0.5, 0.3 / 8))),
    ]);
  });

  it.each([1, 31, 32, 33, 63, 65])('restores rows of %d to the nearest step, the last ones clamped', (features) => {
    const weight = random(3, features);
    const stored = q4(weight);
    const blocks = Math.ceil(features / 32);
    expect([stored.data.length, stored.scales.length]).toEqual([3 * blocks * 16, 3 * blocks]);
    const scales = fromHalf(stored.scales);
    const restored = restoreWeight(stored).data;
    weight.data.forEach((value, i) => {
      const scale = scales[Math.floor(i / features) * blocks + Math.floor((i % features) / 32)]!;
      const steps = Math.max(-8, Math.min(7, value / scale));
      expect(Math.abs(restored[i]! / scale - steps)).toBeLessThanOrEqual(0.5);
      expect(Number.isInteger(restored[i]! / scale)).toBe(true);
    });
  });

  it('rounds ties to even', () => {
    expect([...restoreWeight(q4(tensor([1, 7], -8, 0.5, 1.5, 2.5, -0.5, -1.5, 6.5))).data]).toEqual([
      -8, 0, 2, 2, 0, -2, 6,
    ]);
  });

  it.each([
    { why: 'zeros', values: [0, -0, 0], scale: 0x0000 },
    { why: 'numbers too small for a scale', values: [1e-8, -1e-8, 2e-7], scale: 0x8000 },
    { why: 'numbers whose scale is subnormal', values: [0, 2 ** -20, 0], scale: 0x8002 },
    { why: 'the largest numbers', values: [-524159, 0, 1], scale: 0x7bff },
  ])('holds a block of $why', ({ values, scale }) => {
    const stored = q4(tensor([1, 3], ...values));
    expect(stored.scales[0]).toBe(scale);
    expect(restoreWeight(stored).data.every(Number.isFinite)).toBe(true);
  });

  it('refuses a magnitude whose scale would be infinite', () => {
    expect(() => storeWeight(tensor([1, 2], 524160, 0), 'q4', 'fc6.weight')).toThrow(/fc6.weight reaches 524160/);
  });
});

describe.each<Precision>(['f16', 'q8', 'q4'])('%s', (precision) => {
  it('is the same for the same weight, each time', () => {
    expect(storeWeight(random(5, 67), precision)).toEqual(storeWeight(random(5, 67), precision));
  });

  it('is kept when what it means is stored again', () => {
    const once = restoreWeight(storeWeight(random(4, 45), precision));
    expect(restoreWeight(storeWeight(once, precision))).toEqual(once);
  });

  it('restores zeros as zeros', () => {
    const zeros = { shape: [3, 40], data: new Float32Array(120) };
    expect(restoreWeight(storeWeight(zeros, precision))).toEqual(zeros);
  });

  it('does not touch the tensor, which may be a view', () => {
    const around = Float32Array.of(nan, 1, -2, 3, 4, 5, 6, nan);
    const view = { shape: [2, 3], data: around.subarray(1, 7) };
    const stored = storeWeight(view, precision);
    expect(stored).toEqual(storeWeight({ shape: [2, 3], data: view.data.slice() }, precision));
    expect([...around]).toEqual([nan, 1, -2, 3, 4, 5, 6, nan]);
  });
});

describe('invalid weights', () => {
  const good = random(2, 40);
  const part = (stored: StoredWeight, change: object) => ({ ...stored, ...change }) as StoredWeight;

  it.each([
    {
      why: 'a NaN in q8',
      act: () => storeWeight(tensor([1, 2], 1, nan), 'q8', 'fc6.weight'),
      says: 'fc6.weight holds 1 NaN',
    },
    {
      why: 'an infinity in q4',
      act: () => storeWeight(tensor([1, 2], 1, -infinity), 'q4', 'fc6.weight'),
      says: '1 infinite',
    },
    {
      why: 'a convolution',
      act: () => storeWeight({ shape: [1, 2, 3, 4], data: new Float32Array(24) }, 'q8'),
      says: '1x2x3x4',
    },
    {
      why: 'too few values',
      act: () => storeWeight({ shape: [2, 3], data: new Float32Array(5) }, 'f16'),
      says: 'holds 5 values',
    },
    {
      why: 'too few stored elements',
      act: () => restoreWeight(part(q8(good), { data: new Int8Array(79) })),
      says: 'not 80',
    },
    {
      why: 'q4 without the filled up block',
      act: () => restoreWeight(part(q4(good), { data: new Uint8Array(40) })),
      says: 'not 64',
    },
    {
      why: 'too few scales',
      act: () => restoreWeight(part(q4(good), { scales: new Uint16Array(3) })),
      says: '3 scales, not 4',
    },
    {
      why: 'a scale too many',
      act: () => restoreWeight(part(q8(good), { scales: new Float32Array(3) })),
      says: 'not 2',
    },
  ])('are refused: $why', ({ act, says }) => {
    expect(act).toThrow(expect.objectContaining({ code: 'invalid-weights', message: expect.stringContaining(says) }));
  });
});
