import type { GradientNodeOf } from '@alexnet/core';
import { around, budget, U } from './tolerance.ts';
import type { JudgedTraining } from './tolerance-training.ts';

/*
 * Softmax and cross-entropy in one. With z[j] the distance of a logit from the largest, e[j] = exp z[j], S = sum e[j], p[j] = e[j] / S and t[j] the
 * target, 1 - s + s/C for the label and s/C for each other. As in softmax, relative errors in u:
 *     e[j]    6 + 5 |z[j]| + r[j]     exp to 3 + 2 |z| ULP, and the rounding of z; r below
 *     S       sum over j of p[j] times that, and the budget of a sum of C terms
 *     t[j]    3                       s/C, 1 - s and their sum
 * The logits were computed: a backend that keeps more digits of them than it returns is off by their rounding, r[j] = |x[j]| + |max x|.
 */

/**
 * l = log S - sum of t[j] z[j], or the sum of t[j] (log S - z[j]). Absolute errors:
 *     of S, relative, is absolute in its logarithm
 *     log S            8 u + 6 u log S                      2^-21 where S is below 2, 3 ULP elsewhere
 *     the targets' sum (budget(C + 1) + 5 u) sum of t[j] (|z[j]| + log S)    z is rounded, the target (3 u), the product
 *     and of the logits, the sum of t[j] r[j] u
 */
export function crossEntropy(judged: JudgedTraining<GradientNodeOf<'softmaxCrossEntropy'>>): Float32Array {
  const absolute = new Float64Array(judged.batch);
  eachSample(judged, ({ z, r, p, target, ofSum, log }, n) => {
    const expected = z.reduce((sum, distance, j) => sum + target(j) * (distance + log), 0);
    const unreturned = z.reduce((sum, _, j) => sum + target(j) * r[j]! * U, 0);
    const share = budget(p.length + 1, judged.data) + 5 * U;
    absolute[n] = ofSum + 8 * U + 6 * U * log + share * expected + unreturned;
  });
  return around(judged.evaluation, absolute, 1, judged.operands[0]!.length / judged.batch);
}

/** dz[j] = (p[j] - t[j]) / N: the errors of e, S and t, a division of 2.5 ULP for p, a subtraction and a division of 2.5 ULP. */
export function crossEntropyGradient(
  judged: JudgedTraining<GradientNodeOf<'softmaxCrossEntropyGradient'>>,
): Float32Array {
  const { batch } = judged;
  const absolute = new Float64Array(judged.operands[0]!.length);
  eachSample(judged, ({ z, r, p, target, ofSum }, n) => {
    for (let j = 0; j < p.length; j++) {
      const ofProbability = (6 + 5 * z[j]! + r[j]! + 5) * U + ofSum;
      const ofTarget = 3 * U;
      const afterwards = 6 * U * (p[j]! + target(j));
      absolute[n * p.length + j] = (p[j]! * ofProbability + target(j) * ofTarget + afterwards) / batch;
    }
  });
  return around(judged.evaluation, absolute, 1, absolute.length / batch);
}

interface Sample {
  /** How far each logit is below the largest: not negative. */
  readonly z: Float64Array;
  readonly r: Float64Array;
  readonly p: Float64Array;
  /** log S */
  readonly log: number;
  /** The relative error of S. */
  readonly ofSum: number;
  target(j: number): number;
}

function eachSample(
  {
    node,
    operands,
    batch,
    data,
  }: JudgedTraining<GradientNodeOf<'softmaxCrossEntropy' | 'softmaxCrossEntropyGradient'>>,
  visit: (sample: Sample, n: number) => void,
): void {
  const [logits, labels] = operands as readonly [Float64Array, Float64Array];
  const classes = logits.length / batch;
  for (let n = 0; n < batch; n++) {
    const own = logits.subarray(n * classes, (n + 1) * classes);
    const max = own.reduce((a, b) => Math.max(a, b));
    const z = own.map((value) => max - value);
    const r = own.map((value) => Math.abs(value) + Math.abs(max));
    const e = z.map((distance) => Math.exp(-distance));
    const sum = e.reduce((a, b) => a + b, 0);
    const p = e.map((value) => value / sum);
    const ofSum = p.reduce((total, value, j) => total + value * (6 + 5 * z[j]! + r[j]!) * U, 0) + budget(classes, data);
    const target = (j: number) => node.smoothing / classes + (j === labels[n] ? 1 - node.smoothing : 0);
    visit({ z, r, p, log: Math.log(sum), ofSum, target }, n);
  }
}
