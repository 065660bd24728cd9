import type { OpName } from '@alexnet/core';
import type { OpCase } from './case.ts';
import { conv2dCases } from './conv2d.ts';
import { batchNormCases, dropoutCases, reluCases, softmaxCases } from './elementwise.ts';
import { linearCases } from './linear.ts';
import { lrnCases } from './lrn.ts';
import { flattenCases, pad2dCases } from './movement.ts';
import { adaptiveAvgPool2dCases, maxPool2dCases } from './pooling.ts';

/** Every op of the graph has cases. */
const byOp = {
  conv2d: conv2dCases,
  linear: linearCases,
  relu: reluCases,
  lrn: lrnCases,
  maxPool2d: maxPool2dCases,
  adaptiveAvgPool2d: adaptiveAvgPool2dCases,
  batchNorm: batchNormCases,
  pad2d: pad2dCases,
  flatten: flattenCases,
  dropout: dropoutCases,
  softmax: softmaxCases,
} as const satisfies Record<OpName, readonly OpCase[]>;

/** The op database. */
export const opCases: readonly OpCase[] = Object.values(byOp).flat();
