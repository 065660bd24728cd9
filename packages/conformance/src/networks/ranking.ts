import type { Float64Tensor, Tensor } from '@alexnet/core';

/**
 * Per class, the logarithm of its probability, the mean over the batch (as ten-crop testing takes it), in float64:
 * it orders classes also where their float32 probabilities are all 0. `logits` is [n, classes].
 */
export function scoresOf({ shape, data }: Tensor | Float64Tensor): Float64Array {
  const [samples, classes] = shape as [number, number];
  const scores = new Float64Array(classes).fill(Number.NEGATIVE_INFINITY);
  for (let n = 0; n < samples; n++) {
    const sample = Float64Array.from(data.subarray(n * classes, (n + 1) * classes));
    const total = sample.reduce(addLogs, Number.NEGATIVE_INFINITY);
    for (let c = 0; c < classes; c++) scores[c] = addLogs(scores[c]!, sample[c]! - total - Math.log(samples));
  }
  return scores;
}

/** log(exp(a) + exp(b)) */
function addLogs(a: number, b: number): number {
  const max = Math.max(a, b);
  return max === Number.NEGATIVE_INFINITY ? max : max + Math.log1p(Math.exp(Math.min(a, b) - max));
}

/** Classes from the most to the least probable, by the mean over the batch; scores decide between equal probabilities, then the index. */
export function byProbability({ shape, data }: Tensor | Float64Tensor, scores: Float64Array): number[] {
  const [, classes] = shape as [number, number];
  const sums = new Float64Array(classes);
  for (let i = 0; i < data.length; i++) sums[i % classes]! += data[i]!;
  return Array.from(sums.keys()).sort((a, b) => sums[b]! - sums[a]! || scores[b]! - scores[a]! || a - b);
}
