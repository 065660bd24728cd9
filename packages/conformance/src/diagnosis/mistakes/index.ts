import type { OpName } from '@alexnet/core';
import type { Mistake } from '../mistake.ts';
import { adaptiveAvgPool2dMistakes } from './adaptive-avg-pool2d.ts';
import { conv2dMistakes } from './conv2d.ts';
import { generalMistakes } from './general.ts';
import { linearMistakes } from './linear.ts';
import { lrnMistakes } from './lrn.ts';
import { maxPool2dMistakes } from './max-pool2d.ts';
import { dropoutMistakes, flattenMistakes, pad2dMistakes, reluMistakes } from './movement.ts';
import { batchNormMistakes } from './normalisation.ts';
import { softmaxMistakes } from './softmax.ts';

const byOp: Readonly<Record<OpName, readonly Mistake<never>[]>> = {
  conv2d: conv2dMistakes,
  linear: linearMistakes,
  relu: reluMistakes,
  lrn: lrnMistakes,
  maxPool2d: maxPool2dMistakes,
  adaptiveAvgPool2d: adaptiveAvgPool2dMistakes,
  batchNorm: batchNormMistakes,
  pad2d: pad2dMistakes,
  flatten: flattenMistakes,
  dropout: dropoutMistakes,
  softmax: softmaxMistakes,
};

/** The mistakes that an op can be the victim of: its own, then those of all; ids begin with the op. */
export function mistakesOf(op: OpName): readonly Mistake[] {
  return [...(byOp[op] as readonly Mistake[]), ...generalMistakes].map((mistake) => ({
    ...mistake,
    id: `${op}/${mistake.id}`,
  })) satisfies readonly Mistake[];
}
