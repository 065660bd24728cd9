import type { Tensor } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { scaled, scalingOf, unscaled } from './scaling.ts';

/** Three rows of five. */
const rows = Float32Array.from({ length: 15 }, (_, i) => 100 + ((i * 7) % 11));

describe('scaled features', () => {
  it('have a mean of 0 and a squared norm of 1, on average', () => {
    const data = scaled(rows, scalingOf(rows, 5));
    for (let i = 0; i < 5; i++) expect(data[i]! + data[i + 5]! + data[i + 10]!).toBeCloseTo(0, 5);
    expect(data.reduce((sum, x) => sum + x * x, 0) / 3).toBeCloseTo(1, 5);
  });

  it('give the scores that features give with the head unscaled', () => {
    const scaling = scalingOf(rows, 5);
    const weight = { shape: [2, 5], data: Float32Array.from({ length: 10 }, (_, i) => Math.sin(i)) };
    const bias = { shape: [2], data: Float32Array.of(0.5, -2) };
    const head = unscaled(weight, bias, scaling);
    const scores = (w: Tensor, b: Tensor, x: Float32Array) =>
      [0, 1].map((c) => x.reduce((sum, value, i) => sum + w.data[5 * c + i]! * value, b.data[c]!));
    const row = rows.subarray(5, 10);
    const want = scores(weight, bias, scaled(rows, scaling).subarray(5, 10));
    for (const [c, score] of scores(head.weight, head.bias, row).entries()) expect(score).toBeCloseTo(want[c]!, 4);
  });

  it('are what they are where all are the same', () => {
    expect(scalingOf(new Float32Array(10).fill(3), 5).scale).toBe(1);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('are refused where one is %s', (odd) => {
    expect(() => scalingOf(Float32Array.of(1, odd), 1)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });
});
