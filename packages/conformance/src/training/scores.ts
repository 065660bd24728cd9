import type { Floats } from '@alexnet/core';

/** What a trainer may return in place of the logits that its loss is of. */
export type ScoresMistake = 'probabilities' | 'after-update';

/** Of each sample of a batch. */
export function softmaxOf<F extends Floats>(logits: F, batch: number): F {
  const classes = logits.length / batch;
  const sums = new Float64Array(batch);
  for (let i = 0; i < logits.length; i++) sums[Math.floor(i / classes)]! += Math.exp(logits[i]!);
  return logits.map((logit, i) => Math.exp(logit) / sums[Math.floor(i / classes)]!) as F;
}
