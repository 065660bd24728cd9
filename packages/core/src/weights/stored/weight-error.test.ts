import { describe, expect, it } from 'vitest';
import { errorSum, weightError } from './weight-error.ts';

const original = Float32Array.of(1, -2, 3, 4);
const restored = Float32Array.of(1.5, -2, 2, 4);

describe('weightError', () => {
  it('is what its formulas say', () => {
    const { rmse, relative, snrDb, max, output } = weightError(original, restored);
    expect(rmse).toBeCloseTo(Math.sqrt(1.25 / 4), 12);
    expect(relative).toBeCloseTo(Math.sqrt(1.25 / 30), 12);
    expect(snrDb).toBeCloseTo(10 * Math.log10(30 / 1.25), 12);
    expect(max).toBe(1);
    expect(output).toBeUndefined();
  });

  it('weighs each input of each row by what it is worth', () => {
    // two rows of two inputs: errors 1/2 and 1 are both of the first
    expect(weightError(original, restored, Float32Array.of(2, 0)).output).toBeCloseTo(Math.sqrt(2.5 / 20), 12);
    expect(weightError(original, restored, Float32Array.of(0, 2)).output).toBe(0);
  });

  it('is the relative error of the outputs where inputs are uncorrelated', () => {
    // inputs (1, 0, 0), (0, 2, 0), (0, 0, 3) have the mean squares 1/3, 4/3, 3, and no two are ever there together
    const [w, v] = [Float32Array.of(1, 2, 3, -1, 0, 2), Float32Array.of(1.5, 2, 2.5, -1, 0.25, 2)];
    const outputs = (weight: Float32Array) => [1, 2, 3].flatMap((x, i) => [weight[i]! * x, weight[3 + i]! * x]);
    const [want, got] = [outputs(w), outputs(v)];
    const noise = got.reduce((sum, y, i) => sum + (y - want[i]!) ** 2, 0);
    const signal = want.reduce((sum, y) => sum + y ** 2, 0);
    const importance = Float32Array.of(1 / 3, 4 / 3, 3);
    expect(weightError(w, v, importance).output).toBeCloseTo(Math.sqrt(noise / signal), 6);
  });

  it.each([
    { why: 'nothing is lost', a: original, b: original },
    { why: 'there is nothing', a: new Float32Array(0), b: new Float32Array(0) },
    { why: 'zeros stay zeros', a: new Float32Array(3), b: new Float32Array(3) },
  ])('has no noise where $why', ({ a, b }) => {
    expect(weightError(a, b)).toEqual({ rmse: 0, relative: 0, max: 0 });
  });
});

it('is the same row by row', () => {
  const importance = Float32Array.of(3, 0.5);
  const sum = errorSum(importance);
  sum.add(original.subarray(0, 2), restored.subarray(0, 2));
  sum.add(original.subarray(2), restored.subarray(2));
  expect(sum.result()).toEqual(weightError(original, restored, importance));
});
