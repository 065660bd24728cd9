import type { ProgramPrecision, Tensor } from '@alexnet/core';

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
 * For int8, whose programs round values that fall close to a tie to one side or the other: a whole step, and the layers that follow go on from
 * there. So all logits are judged together: how far they may be off, relative to their size, both without their mean, in the 2-norm.
 * int8 is 0.017 to 0.020 away from float32 (BVLC AlexNet's and torchvision's network, seeded weights): two programs whose roundings had nothing in
 * common would differ by the square root of two times that. Right programs were within 0.011.
 */
const MOST_INT8_DIFFERENCE = 0.03;

/**
 * Compares the probabilities of a batch [n, classes] with the oracle's for each of its n samples.
 * Returns in what they differ, or undefined. Where these bounds hold, the first class can differ only between near ties.
 */
export function disagreement(
  prob: Tensor | undefined,
  expected: readonly Tensor[],
  precision: ProgramPrecision = 'f32',
): string | undefined {
  const total = expected.reduce((sum, { data }) => sum + data.length, 0);
  if (prob?.data.length !== total) return `${prob?.data.length ?? 0} probabilities instead of ${total}`;
  let from = 0;
  for (const [sample, { data: want }] of expected.entries()) {
    const got = prob.data.subarray(from, from + want.length);
    from += want.length;
    if (precision === 'int8') {
      const off = logitsOff(got, want);
      if (!(off <= MOST_INT8_DIFFERENCE))
        return `sample ${sample}: the logits are off by ${off.toPrecision(2)} of their size`;
      continue;
    }
    for (const [i, w] of want.entries()) {
      const off =
        w < SMALLEST ? !(Math.abs(got[i]!) <= 2 * SMALLEST) : !(Math.abs(Math.log(got[i]! / w)) <= MOST_LOG_DIFFERENCE);
      if (off)
        return `sample ${sample}: class ${i} has probability ${got[i]!.toPrecision(4)} instead of ${w.toPrecision(4)}`;
    }
  }
  return undefined;
}

/** Logarithms of probabilities are the logits but for a constant, which goes with the mean. Only classes that are no smaller than SMALLEST count. */
function logitsOff(got: Float32Array, want: Float32Array): number {
  const classes = [...want.keys()].filter((i) => want[i]! >= SMALLEST);
  const centred = (p: Float32Array) => {
    const logits = classes.map((i) => Math.log(Math.max(p[i]!, Number.MIN_VALUE)));
    const mean = logits.reduce((sum, x) => sum + x, 0) / logits.length;
    return logits.map((x) => x - mean);
  };
  const [a, b] = [centred(got), centred(want)];
  const norm = (values: readonly number[]) => Math.hypot(...values);
  const error = norm(a.map((x, i) => x - b[i]!));
  return error === 0 ? 0 : error / norm(b);
}
