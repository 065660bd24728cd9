import type { OpName } from '@alexnet/core';
import type { OpCase } from './case.ts';
import { conv2dCases } from './conv2d.ts';
import { batchNormCases, dropoutCases, reluCases, softmaxCases } from './elementwise.ts';
import { errorSamples } from './error-samples.ts';
import { linearCases } from './linear.ts';
import { lrnCases } from './lrn.ts';
import { flattenCases, pad2dCases } from './movement.ts';
import { adaptiveAvgPool2dCases, maxPool2dCases } from './pooling.ts';
import { type OpRecord, recordOf } from './record.ts';

/** The op database: every op of the graph. */
export const opDatabase: { readonly [K in OpName]: OpRecord<K> } = {
  conv2d: recordOf('conv2d', conv2dCases, errorSamples),
  linear: recordOf('linear', linearCases, errorSamples),
  relu: recordOf('relu', reluCases, errorSamples),
  lrn: recordOf('lrn', lrnCases, errorSamples),
  maxPool2d: recordOf('maxPool2d', maxPool2dCases, errorSamples),
  adaptiveAvgPool2d: recordOf('adaptiveAvgPool2d', adaptiveAvgPool2dCases, errorSamples),
  batchNorm: recordOf('batchNorm', batchNormCases, errorSamples),
  pad2d: recordOf('pad2d', pad2dCases, errorSamples),
  flatten: recordOf('flatten', flattenCases, errorSamples),
  dropout: recordOf('dropout', dropoutCases, errorSamples),
  softmax: recordOf('softmax', softmaxCases, errorSamples),
};

/** All samples of the op database. */
export const opCases: readonly OpCase[] = Object.values(opDatabase).flatMap(({ samples }) => samples);
