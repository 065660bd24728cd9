import type { GradientOpName, TrainingNode } from '@alexnet/core';
import {
  l2GradientMistakes,
  l2PenaltyMistakes,
  meanLossMistakes,
  softmaxCrossEntropyGradientMistakes,
  softmaxCrossEntropyMistakes,
} from './loss.ts';
import type { GradientMistake } from './mistake.ts';
import {
  batchNormalizeMistakes,
  batchNormFixedGradientMistakes,
  batchNormInputGradientMistakes,
  batchNormScaleGradientMistakes,
  batchVarianceMistakes,
  lrnGradientMistakes,
} from './normalisation.ts';
import {
  multiplyMistakes,
  pad2dGradientMistakes,
  reluGradientMistakes,
  softmaxGradientMistakes,
  unflattenMistakes,
} from './pointwise.ts';
import { adaptiveAvgPool2dGradientMistakes, maxPool2dGradientMistakes } from './pooling.ts';
import {
  channelSumMistakes,
  conv2dInputGradientMistakes,
  conv2dWeightGradientMistakes,
  linearInputGradientMistakes,
  linearWeightGradientMistakes,
} from './products.ts';
import { anyMistakes, overBatchMistakes, sumsOverBatch } from './sums.ts';

const byOp: Readonly<Record<GradientOpName, readonly GradientMistake<never>[]>> = {
  conv2dInputGradient: conv2dInputGradientMistakes,
  conv2dWeightGradient: conv2dWeightGradientMistakes,
  linearInputGradient: linearInputGradientMistakes,
  linearWeightGradient: linearWeightGradientMistakes,
  channelSum: channelSumMistakes,
  reluGradient: reluGradientMistakes,
  lrnGradient: lrnGradientMistakes,
  maxPool2dGradient: maxPool2dGradientMistakes,
  adaptiveAvgPool2dGradient: adaptiveAvgPool2dGradientMistakes,
  pad2dGradient: pad2dGradientMistakes,
  unflatten: unflattenMistakes,
  softmaxGradient: softmaxGradientMistakes,
  multiply: multiplyMistakes,
  batchMean: [],
  batchVariance: batchVarianceMistakes,
  batchNormalize: batchNormalizeMistakes,
  batchNormScaleGradient: batchNormScaleGradientMistakes,
  batchNormInputGradient: batchNormInputGradientMistakes,
  batchNormFixedGradient: batchNormFixedGradientMistakes,
  softmaxCrossEntropy: softmaxCrossEntropyMistakes,
  softmaxCrossEntropyGradient: softmaxCrossEntropyGradientMistakes,
  meanLoss: meanLossMistakes,
  l2Penalty: l2PenaltyMistakes,
  l2Gradient: l2GradientMistakes,
};

/** The mistakes that a node of a training graph can be the victim of: its op's own, then those of all; ids begin with the op. */
export function gradientMistakesOf(op: TrainingNode['op']): readonly GradientMistake[] {
  const own: readonly GradientMistake<never>[] = isGradientOp(op) ? byOp[op] : [];
  const sums = sumsOverBatch.has(op) ? overBatchMistakes : [];
  return [...sums, ...own, ...anyMistakes].map((mistake) => ({
    ...mistake,
    id: `${op}/${mistake.id}`,
  }));
}

function isGradientOp(op: TrainingNode['op']): op is GradientOpName {
  return Object.hasOwn(byOp, op);
}
