import type { Tensor } from '@alexnet/core';

/**
 * The most by which the logarithm of a probability may differ from the oracle's: a gate, not a verdict; conformance judges by derived
 * budgets. Logarithms, because seeded weights saturate softmax: where one class has all the probability, a network without
 * the bias of fc8 differs by 1e-14 in probability, but by 0.2 in its logarithm. Correct float32 kernels differ by 1.4e-4 at most, over
 * all variants; BVLC AlexNet with the constant of its LRN off by a thousandth differs by 0.05.
 */
const MOST_LOG_DIFFERENCE = 0.01;
/** Smaller probabilities are not compared one by one: engines may flush them to zero. They must stay small. */
const SMALLEST = 1e-30;

/**
 * Compares the probabilities of a batch [n, classes] with the oracle's for each of its n samples.
 * Returns in what they differ, or undefined. Where these bounds hold, the first class can differ only between near ties.
 */
export function disagreement(prob: Tensor | undefined, expected: readonly Tensor[]): string | undefined {
  const total = expected.reduce((sum, { data }) => sum + data.length, 0);
  if (prob?.data.length !== total) return `${prob?.data.length ?? 0} probabilities instead of ${total}`;
  let from = 0;
  for (const [sample, { data: want }] of expected.entries()) {
    const got = prob.data.subarray(from, from + want.length);
    from += want.length;
    for (const [i, w] of want.entries()) {
      const off =
        w < SMALLEST ? !(Math.abs(got[i]!) <= 2 * SMALLEST) : !(Math.abs(Math.log(got[i]! / w)) <= MOST_LOG_DIFFERENCE);
      if (off)
        return `sample ${sample}: class ${i} has probability ${got[i]!.toPrecision(4)} instead of ${w.toPrecision(4)}`;
    }
  }
  return undefined;
}
