import { type Program, type RunOptions, type Tensor, topK } from '@alexnet/core';

/** A gate, not a verdict: conformance judges by derived budgets. A network that is wrong differs by far more. */
const MOST_DIFFERENCE = 1e-3;

/**
 * Runs every sample and compares its probabilities with the oracle's. Returns why the program must not be timed, or undefined.
 * The first class may differ only where the oracle's own two candidates are closer than the allowed difference.
 */
export async function whyNot(
  program: Program,
  samples: readonly Tensor[],
  expected: readonly Tensor[],
  options: RunOptions,
): Promise<string | undefined> {
  for (const [index, input] of samples.entries()) {
    const { prob } = await program.run({ input }, options);
    const want = expected[index]!.data;
    if (prob?.data.length !== want.length)
      return `sample ${index}: ${prob?.data.length ?? 0} probabilities instead of ${want.length}`;
    let worst = 0;
    for (const [i, w] of want.entries())
      worst = Math.max(worst, Number.isNaN(prob.data[i]!) ? Infinity : Math.abs(prob.data[i]! - w));
    if (worst > MOST_DIFFERENCE) {
      return `sample ${index}: a probability differs from the oracle by ${worst.toExponential(1)}, more than ${MOST_DIFFERENCE}`;
    }
    const [got] = topK(prob.data, 1);
    const [best] = topK(want, 1);
    if (got !== undefined && best !== undefined && best.value - want[got.index]! > MOST_DIFFERENCE) {
      return `sample ${index}: class ${got.index} instead of ${best.index}`;
    }
  }
  return undefined;
}
