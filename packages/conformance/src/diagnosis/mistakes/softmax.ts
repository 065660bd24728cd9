import type { NodeOf } from '@alexnet/core';
import type { Guess, Mistake, MistakesOf, Subject } from '../mistake.ts';

type Softmax = Subject<NodeOf<'softmax'>>;
const { fround, exp } = Math;

/** Functions of one row of logits, computed once for a row. */
function perRow({ input }: Softmax, f: (row: Float64Array) => (k: number) => number): Guess {
  const classes = input.shape[0]!;
  const known = new Map<number, (k: number) => number>();
  return {
    at(i) {
      const n = Math.floor(i / classes);
      const of = known.get(n) ?? f(input.data.subarray(n * classes, (n + 1) * classes));
      known.set(n, of);
      return of(i % classes);
    },
  };
}

const FIX = 'y[i] = exp(x[i] - max x) / sum over j of exp(x[j] - max x), each sample for itself.';
const mistake = (
  id: string,
  cause: string,
  evaluate: Mistake<Softmax['node']>['evaluate'],
  fix = FIX,
): Mistake<Softmax['node']> => ({ id, cause, fix, evaluate });
const sum = (values: Iterable<number>) => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
/** max without Math.max's stack limit. */
const largest = (row: Float64Array) => row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

export const softmaxMistakes: MistakesOf<'softmax'> = [
  mistake(
    'maximum-not-subtracted',
    'The largest logit is not subtracted, so that exp overflows',
    (subject) =>
      perRow(subject, (row) => {
        const total = fround(sum(row.map((x) => fround(exp(x)))));
        return (k) => fround(exp(row[k]!)) / total;
      }),
    'Subtract the largest logit of the sample before exp.',
  ),
  mistake('over-batch', 'The sum runs over the samples, not over the classes', ({ input, batch }) => {
    const classes = input.shape[0]!;
    return {
      at(i) {
        const column = Array.from({ length: batch }, (_, n) => input.data[n * classes + (i % classes)]!);
        const max = largest(Float64Array.from(column));
        return exp(input.data[i]! - max) / sum(column.map((x) => exp(x - max)));
      },
    };
  }),
  mistake('over-everything', 'The sum runs over the samples too', ({ input }) => {
    const max = largest(input.data);
    const total = sum(input.data.map((x) => exp(x - max)));
    return { at: (i) => exp(input.data[i]! - max) / total };
  }),
  mistake('divided-by-batch', 'Probabilities are divided by the number of samples', (subject) =>
    subject.batch === 1 ? undefined : { at: (i) => subject.beforeRelu[i]! / subject.batch },
  ),
  mistake('not-normalised', 'Exponentials are not divided by their sum', (subject) =>
    perRow(subject, (row) => {
      const max = largest(row);
      return (k) => exp(row[k]! - max);
    }),
  ),
  mistake('log-softmax', 'The logarithm of the probabilities is returned', (subject) => ({
    at: (i) => Math.log(subject.beforeRelu[i]!),
  })),
  mistake('logits', 'The logits are returned', ({ input }) => ({ at: (i) => input.data[i]! })),
  mistake('sigmoid', 'Each class has a sigmoid of its own', ({ input }) => ({
    at: (i) => 1 / (1 + exp(-input.data[i]!)),
  })),
  mistake(
    'maximum-of-batch',
    'The largest logit of the batch is subtracted, so that samples with small logits vanish',
    ({ input }) => {
      const [classes, max] = [input.shape[0]!, largest(input.data)];
      return {
        at(i) {
          const from = i - (i % classes);
          return (
            fround(exp(input.data[i]! - max)) /
            fround(sum(input.data.subarray(from, from + classes).map((x) => fround(exp(x - max)))))
          );
        },
      };
    },
  ),
  mistake('base-two', 'Powers of 2 are taken, not of e', (subject) =>
    perRow(subject, (row) => {
      const max = largest(row);
      const total = sum(row.map((x) => 2 ** (x - max)));
      return (k) => 2 ** (row[k]! - max) / total;
    }),
  ),
];
