import { type Node, opNames } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { opCases } from '../ops/index.ts';
import { addSummaries } from '../report/report.ts';
import { toFloat16 } from '../self-test/float16.ts';
import { compare } from './compare.ts';
import { type Allowed, allowedErrors, budget, rules, U, ulp } from './tolerance.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe('ulp', () => {
  it.each([
    { value: 1, want: 2 ** -23, why: 'the definition of u' },
    { value: -1.5, want: 2 ** -23, why: 'the sign does not matter' },
    { value: 2, want: 2 ** -22, why: 'at a power of two: the step away from zero' },
    { value: 1 - 2 ** -26, want: 2 ** -23, why: 'rounds to 1 first' },
    { value: 0, want: 2 ** -149, why: 'the smallest subnormal' },
    { value: 2 ** -126, want: 2 ** -149, why: 'the smallest normal' },
    { value: 3e38, want: 2 ** 104, why: 'the largest binade' },
  ])('of $value is $want: $why', ({ value, want }) => expect(ulp(value)).toBe(want));
});

describe('the budget of a sum', () => {
  it.each([1, 2, 9, 363, 9216])('of %d random terms is never above the one that holds for all data', (terms) => {
    expect(budget(terms, 'random')).toBeLessThanOrEqual(budget(terms, 'adversarial') * (1 + 1e-12));
  });
  it('of 363 terms is 38 u for random data and 364 u for all', () => {
    expect(budget(363, 'random') / U).toBeCloseTo(38.1, 1);
    expect(budget(363, 'adversarial') / U).toBeCloseTo(364, 1);
  });
});

it('every op has a rule', () => expect(Object.keys(rules).toSorted()).toEqual(opNames.toSorted()));

it('data that sum up exactly in any order must be exact', () => {
  const node = { op: 'linear' } as Node;
  const evaluation = {
    value: { shape: [1, 1], data: new Float64Array(1) },
    terms: 1,
    magnitude: () => new Float64Array(1),
  };
  expect(allowedErrors({ node, operand: new Float64Array(1), evaluation, data: 'exact' })).toBe('equal');
});

describe('comparing one element', () => {
  const some: Allowed = Float32Array.of(0.5);
  it.each<{ got: number; want: number; allowed: Allowed; passes: boolean; why: string }>([
    { got: 2.5, want: 2, allowed: some, passes: true, why: 'the whole budget' },
    { got: 2.5000002, want: 2, allowed: some, passes: false, why: 'a little more' },
    { got: nan, want: 2, allowed: some, passes: false, why: 'NaN for a number' },
    { got: 2, want: nan, allowed: some, passes: false, why: 'a number for NaN' },
    { got: nan, want: nan, allowed: some, passes: true, why: 'NaN for NaN' },
    { got: inf, want: inf, allowed: some, passes: true, why: 'an infinity' },
    { got: -inf, want: inf, allowed: some, passes: false, why: 'the other infinity' },
    { got: inf, want: 1e39, allowed: some, passes: true, why: 'a value beyond float32' },
    { got: 3e38, want: inf, allowed: some, passes: false, why: 'large, but finite' },
    { got: inf, want: 2, allowed: some, passes: false, why: 'an infinity for a number' },
    { got: -0, want: 0, allowed: 'equal', passes: true, why: 'equal zeros' },
    { got: -0, want: 0, allowed: 'bitwise', passes: false, why: 'zeros of different bits' },
    { got: nan, want: nan, allowed: 'bitwise', passes: true, why: 'NaN has no one pattern' },
    { got: 1.0000001, want: 1, allowed: 'equal', passes: false, why: 'one ULP where exact' },
  ])('$why: $got for $want', ({ got, want, allowed, passes }) => {
    const { passed } = compare(
      { shape: [1], data: Float32Array.of(got) },
      { shape: [1], data: Float64Array.of(want) },
      allowed,
    );
    expect(passed).toBe(passes);
  });

  it('names the worst element by its index', () => {
    const want = { shape: [2, 3, 4], data: new Float64Array(24) };
    const data = new Float32Array(24);
    data[17] = 3;
    data[5] = 2;
    expect(compare({ shape: want.shape, data }, want, new Float32Array(24).fill(1)).worst).toMatchObject({
      index: [1, 1, 1],
      got: 3,
      ratio: 3,
    });
  });

  it.each([
    { got: undefined, why: 'missing' },
    { got: { shape: [2, 1], data: new Float32Array(2) }, why: 'of another shape' },
    { got: { shape: [1, 2], data: new Float32Array(3) }, why: 'of too many values' },
  ])('an output that is $why fails', ({ got }) => {
    const { passed, reason } = compare(got, { shape: [1, 2], data: new Float64Array(2) }, 'equal');
    expect(passed).toBe(false);
    expect(reason).toMatch(/^The output/);
  });
});

describe('the op database', () => {
  it('has no two equal extents in a tensor, so that no swapped axes can hide', () => {
    const distinct = (shape: readonly number[]) => {
      const extents = shape.filter((extent) => extent > 1);
      return new Set(extents).size === extents.length;
    };
    for (const { id, graph, tensors } of opCases) {
      for (const { shape } of [tensors().input, ...graph.parameters])
        expect(distinct(shape), `${id}: ${shape}`).toBe(true);
    }
  });

  it('covers every op, says why each row is there, and has no id twice', () => {
    expect(new Set(opCases.map(({ op }) => op))).toEqual(new Set(opNames));
    expect(new Set(opCases.map(({ id }) => id)).size).toBe(opCases.length);
    expect(opCases.filter(({ why }) => why.length < 10)).toEqual([]);
  });
});

it('summaries of several backends add up, and the same reason becomes one entry', () => {
  const skipped = { reason: 'no LRN', tests: ['a'] };
  expect(
    addSummaries([
      { passed: 2, failed: 1, skipped: [skipped] },
      {
        passed: 3,
        failed: 0,
        skipped: [
          { ...skipped, tests: ['a', 'b'] },
          { ...skipped, issue: '#7' },
        ],
      },
    ]),
  ).toEqual({
    passed: 5,
    failed: 1,
    skipped: [
      { ...skipped, tests: ['a', 'b'] },
      { ...skipped, issue: '#7' },
    ],
  });
});

it.each([
  { value: 1 + 2 ** -11, want: 1, why: 'a tie goes to even' },
  { value: 1 + 3 * 2 ** -11, want: 1 + 2 ** -9, why: 'a tie goes to even, up' },
  { value: 2304.3, want: 2304, why: 'steps of 2 above 2048' },
  { value: 1e6, want: inf, why: 'beyond the range' },
  { value: 2 ** -25, want: 0, why: 'below half of the smallest' },
  { value: -(2 ** -24), want: -(2 ** -24), why: 'subnormal' },
])('half precision of $value is $want: $why', ({ value, want }) => expect(toFloat16(value)).toBe(want));
