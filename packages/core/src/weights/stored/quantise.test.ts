import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../tensor.ts';
import { philoxStream } from '../philox.ts';
import { fromHalf, toHalf } from './half.ts';
import { quantiseWeight } from './quantise.ts';
import { restoreWeight, storeWeight } from './store.ts';
import type { WeightQ4, WeightQ8 } from './stored-weight.ts';
import { weightError } from './weight-error.ts';

/** Bells with a few values far out, as trained weights have them. */
function trained(out: number, features: number, seed = 1): Tensor {
  const words = philoxStream([0, 0, 0, 0], [seed, features], 4 * out * features);
  const data = Float32Array.from({ length: out * features }, (_, i) => {
    const [a, b, c, d] = words.subarray(4 * i, 4 * i + 4);
    const bell = (a! + b! + c! + d!) / 2 ** 33 - 1;
    return bell * (d! % 61 === 0 ? 0.2 : 0.05);
  });
  return { shape: [out, features], data };
}
const tensor = (shape: readonly number[], ...values: number[]): Tensor => ({ shape, data: Float32Array.from(values) });

/** sum h (w' - w)^2 of some elements. */
function squaredError(a: Float32Array, b: Float32Array, h: (i: number) => number, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += h(i) * (a[i]! - b[i]!) ** 2;
  return sum;
}

const shapes: readonly { why: string; weight: Tensor }[] = [
  { why: 'blocks that are full', weight: trained(9, 128) },
  { why: 'a last block that is short', weight: trained(7, 77) },
  { why: 'one row', weight: trained(1, 515) },
  { why: 'one input', weight: trained(40, 1) },
  { why: 'rows of 33', weight: trained(5, 33) },
  { why: 'a constant', weight: tensor([2, 3], ...Array.from({ length: 6 }, () => -0.7)) },
  { why: 'zeros', weight: tensor([2, 40], ...Array.from({ length: 80 }, () => 0)) },
  {
    why: 'one value that is not 0',
    weight: tensor([1, 40], ...Array.from({ length: 40 }, (_, i) => (i === 7 ? 3 : 0))),
  },
  { why: 'numbers too small for a scale', weight: tensor([1, 3], 1e-8, -2e-8, 0) },
  { why: 'numbers whose scale is subnormal', weight: tensor([1, 4], 2 ** -20, -(2 ** -22), 2 ** -21, 0) },
  { why: 'the largest of q4', weight: tensor([1, 4], 524159, -400000, 3, 65520) },
];

describe.each(['q8', 'q4'] as const)('%s', (precision) => {
  it.each(shapes)('is in no group worse than with plain scales: $why', ({ weight }) => {
    const [out, features] = weight.shape as [number, number];
    const size = precision === 'q8' ? features : 32;
    const plain = restoreWeight(storeWeight(weight, precision)).data;
    const found = restoreWeight(quantiseWeight(weight, precision)).data;
    expect(found.every(Number.isFinite)).toBe(true);
    for (let row = 0; row < out; row++) {
      for (let at = row * features; at < (row + 1) * features; at += size) {
        const end = Math.min(at + size, (row + 1) * features);
        const errorOf = (restored: Float32Array) => squaredError(weight.data, restored, () => 1, at, end);
        expect(errorOf(found)).toBeLessThanOrEqual(errorOf(plain));
      }
    }
  });

  it('is better than plain on weights as they are', () => {
    const weight = trained(20, 512);
    const [plain, found] = [storeWeight(weight, precision), quantiseWeight(weight, precision)].map((stored) =>
      weightError(weight.data, restoreWeight(stored).data),
    );
    expect(found!.rmse).toBeLessThan((precision === 'q4' ? 0.96 : 0.99) * plain!.rmse);
  });

  it('is the same each time, and from a view', () => {
    const { shape, data } = trained(6, 70);
    const around = new Float32Array(data.length + 3);
    around.set(data, 3);
    expect(quantiseWeight({ shape, data: around.subarray(3) }, precision)).toEqual(
      quantiseWeight({ shape, data }, precision),
    );
  });

  it('loses less of the outputs when it knows the inputs', () => {
    const weight = trained(20, 320);
    const importance = Float32Array.from({ length: 320 }, (_, i) => (i % 7 === 0 ? 50 : 0.1));
    const outputOf = (options: object) =>
      weightError(weight.data, restoreWeight(quantiseWeight(weight, precision, options)).data, importance).output!;
    expect(outputOf({ importance })).toBeLessThan(0.97 * outputOf({}));
  });

  it.each([
    { why: 'too short', importance: new Float32Array(69) },
    { why: 'negative', importance: new Float32Array(70).fill(-1) },
    { why: 'not a number', importance: new Float32Array(70).fill(Number.NaN) },
    { why: 'infinite', importance: new Float32Array(70).fill(Number.POSITIVE_INFINITY) },
  ])('refuses an importance that is $why', ({ importance }) => {
    expect(() => quantiseWeight(trained(2, 70), precision, { importance, name: 'fc6.weight' })).toThrow(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining('fc6.weight') }),
    );
  });

  it('treats inputs alike of which nothing is known but zeros', () => {
    const weight = trained(3, 70);
    expect(quantiseWeight(weight, precision, { importance: new Float32Array(70) })).toEqual(
      quantiseWeight(weight, precision),
    );
  });

  it('refuses what it cannot hold', () => {
    expect(() => quantiseWeight(tensor([1, 2], 1, Number.NaN), precision)).toThrow(/holds 1 NaN/);
  });
});

describe('the best scale', () => {
  it.each([
    { why: 'all inputs alike', bound: 1.0002, importance: new Float32Array(32 * 60).fill(1) },
    {
      why: 'inputs of very different size',
      bound: 1.002,
      importance: Float32Array.from({ length: 32 * 60 }, (_, i) => (i % 5) ** 4),
    },
  ])('of a q4 block is found, of all halves there are, but for little of the error: $why', ({ importance, bound }) => {
    const weight = trained(1, 32 * 60, 7);
    const mean = importance.reduce((sum, value) => sum + value, 0) / importance.length;
    const stored = quantiseWeight(weight, 'q4', { importance }) as WeightQ4;
    const errorWith = (block: number, scale: number) => {
      const block32 = weight.data.subarray(32 * block, 32 * block + 32);
      const restored = block32.map((w) => Math.max(-8, Math.min(7, Math.round(w / scale))) * scale);
      return squaredError(block32, restored, (i) => importance[32 * block + i]! + mean / 100, 0, 32);
    };
    let [best, found] = [0, 0];
    for (const [block, scale] of fromHalf(stored.scales).entries()) {
      const largest = Math.max(...weight.data.subarray(32 * block, 32 * block + 32).map(Math.abs));
      const [low, high] = toHalf(Float32Array.of(largest / 32, largest / 5));
      const halves = fromHalf(Uint16Array.from({ length: high! - low! }, (_, i) => low! + i));
      best += Math.min(...[...halves].flatMap((half) => [errorWith(block, half), errorWith(block, -half)]));
      found += errorWith(block, scale);
    }
    expect(found / best).toBeLessThan(bound);
  });

  it('of a q8 row cuts off a value that is far out where the others are many', () => {
    const { data } = trained(1, 4000, 3);
    data[17] = 0.4;
    const [plain, found] = [storeWeight, quantiseWeight].map(
      (store) => store({ shape: [1, 4000], data }, 'q8') as WeightQ8,
    );
    expect(found!.scales[0]).toBeLessThan(plain!.scales[0]!);
    expect(found!.data[17]).toBe(127);
  });
});

describe.each(['f32', 'f16'] as const)('%s', (precision) => {
  it('has no scales to look for', () => {
    expect(quantiseWeight(trained(2, 5), precision)).toEqual(storeWeight(trained(2, 5), precision));
  });
});
