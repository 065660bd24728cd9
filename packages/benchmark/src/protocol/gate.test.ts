import { expect, it } from 'vitest';
import { disagreement } from './gate.ts';

const tensor = (...rows: number[][]) => ({
  shape: [rows.length, rows[0]!.length],
  data: Float32Array.from(rows.flat()),
});
/** Saturated, as seeded weights make it: one class has nearly all. */
const want = [tensor([1, 3e-9, 1e-35])];

it.each([
  { why: 'equal', got: [1, 3e-9, 1e-35] },
  { why: 'rounded differently', got: [1, 3.01e-9, 1e-35] },
  { why: 'the tiniest class flushed to zero', got: [1, 3e-9, 0] },
])('agrees: $why', ({ got }) => {
  expect(disagreement(tensor(got), want)).toBeUndefined();
});

it.each([
  { why: 'a small class off by a tenth, which no difference of probabilities shows', got: [1, 3.3e-9, 1e-35] },
  { why: 'a small class that vanished', got: [1, 0, 1e-35] },
  { why: 'a class that should be as good as zero', got: [1, 3e-9, 1e-20] },
  { why: 'a negative one', got: [1, 3e-9, -1] },
  { why: 'NaN', got: [Number.NaN, 3e-9, 1e-35] },
  { why: 'NaN where nothing is expected', got: [1, 3e-9, Number.NaN] },
  { why: 'logits instead of probabilities', got: [20, 0.4, -50] },
])('disagrees: $why', ({ got }) => {
  expect(disagreement(tensor(got), want)).toMatch(/^sample 0: class \d has probability/);
});

it('judges each sample of a batch by its own expected output', () => {
  const [a, b] = [
    [0.9, 0.1],
    [0.2, 0.8],
  ] as const;
  const expected = [tensor([...a]), tensor([...b])];
  expect(disagreement(tensor([...a], [...b]), expected)).toBeUndefined();
  expect(disagreement(tensor([...a], [...a]), expected)).toMatch(/^sample 1: class 0/);
});

it('counts the probabilities', () => {
  expect(disagreement(tensor([1, 0]), want)).toBe('2 probabilities instead of 3');
  expect(disagreement(undefined, want)).toBe('0 probabilities instead of 3');
});

it.each([
  { why: 'a tie that fell to the other side', logits: [3.02, 0.97, -40.3], off: undefined },
  { why: 'other logits', logits: [3, 1, -50], off: 0.24 },
  { why: 'NaN', logits: [3, Number.NaN, -40], off: Number.NaN },
])('judges the logits of int8 together: $why', ({ logits, off }) => {
  const softmax = (values: readonly number[]) => {
    const sum = values.reduce((total, x) => total + Math.exp(x), 0);
    return tensor(values.map((x) => Math.exp(x) / sum));
  };
  const said = disagreement(softmax(logits), [softmax([3, 1, -40])], 'int8');
  if (off === undefined) expect(said).toBeUndefined();
  else expect(said).toBe(`sample 0: the logits are off by ${off.toPrecision(2)} of their size`);
});
