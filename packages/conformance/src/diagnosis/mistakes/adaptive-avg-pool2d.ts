import type { NodeOf, Pair } from '@alexnet/core';
import { type Guess, imageOf, type Mistake, type MistakesOf, placeOf, type Subject } from '../mistake.ts';

type Average = Subject<NodeOf<'adaptiveAvgPool2d'>>;
type Ends = (index: number, count: number, extent: number) => Pair;
const right: Ends = (i, count, extent) => [Math.floor((i * extent) / count), Math.ceil(((i + 1) * extent) / count)];

/** y[c,i,j] = mean of x over rows floor(i H/h) to ceil((i+1) H/h) - 1, columns likewise; with other ends, divisor or function. */
function averageAt(
  { node, input }: Average,
  ends: Ends,
  value: (values: readonly number[], whole: number) => number = (values) =>
    values.reduce((a, b) => a + b, 0) / values.length,
): Guess {
  const [channels, height, width] = imageOf(input.shape);
  const [rows, cols] = node.output;
  const whole = Math.ceil(height / rows) * Math.ceil(width / cols);
  return {
    at(i) {
      const { n, c, r, s } = placeOf(i, [channels, rows, cols]);
      const [[top, bottom], [left, end]] = [ends(r, rows, height), ends(s, cols, width)];
      const values = [];
      for (let row = top; row < Math.min(height, bottom); row++)
        for (let col = left; col < Math.min(width, end); col++)
          values.push(input.data[((n * channels + c) * height + row) * width + col]!);
      return value(values, whole);
    },
  };
}

const ENDS_FIX = 'Window i is rows floor(i * in / out) to ceil((i + 1) * in / out) - 1, divided by how many those are.';
const average = (
  id: string,
  cause: string,
  ends: Ends,
  value?: (values: readonly number[], whole: number) => number,
): Mistake<Average['node']> => ({
  id,
  cause,
  fix: ENDS_FIX,
  evaluate: (subject) => averageAt(subject, ends, value),
});
const sumOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

export const adaptiveAvgPool2dMistakes: MistakesOf<'adaptiveAvgPool2d'> = [
  average('windows-of-one-size', 'All windows have the size ceil(in / out), side by side', (i, count, extent) => [
    i * Math.ceil(extent / count),
    (i + 1) * Math.ceil(extent / count),
  ]),
  average('windows-rounded-down', 'Windows end at floor((i + 1) in / out)', (i, count, extent) => [
    Math.floor((i * extent) / count),
    Math.max(Math.floor((i * extent) / count) + 1, Math.floor(((i + 1) * extent) / count)),
  ]),
  average('windows-of-floor-size', 'All windows have the size floor(in / out), side by side', (i, count, extent) => [
    i * Math.floor(extent / count),
    (i + 1) * Math.floor(extent / count),
  ]),
  average(
    'divided-by-largest-window',
    'Every sum is divided by the size of the largest window',
    right,
    (values, whole) => sumOf(values) / whole,
  ),
  average(
    'divided-by-one-less',
    'Every sum is divided by one less than the number of values',
    right,
    (values) => sumOf(values) / (values.length - 1),
  ),
  average('not-divided', 'Sums are not divided', right, sumOf),
  average('max-for-mean', 'The largest is taken instead of the mean', right, (values) =>
    values.reduce((a, b) => Math.max(a, b)),
  ),
  {
    id: 'max-of-all-for-mean',
    cause: 'The largest of the whole input is taken instead of the mean',
    fix: ENDS_FIX,
    evaluate({ input }) {
      const largest = input.data.reduce((a, b) => Math.max(a, b));
      return { at: () => largest };
    },
  },
];
