import { conv } from './convolution.ts';
import { dropout, flatten, pad, relu, reshape } from './movement.ts';
import { batchNormalization, lrn, softmax } from './normalization.ts';
import type { Operator } from './operator.ts';
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from './pooling.ts';
import { gemm, matMul } from './products.ts';

/** ONNX's operators that ours can compute, at least with some attributes. */
export const operators: ReadonlyMap<string, Operator> = new Map([
  ['Conv', conv],
  ['Gemm', gemm],
  ['MatMul', matMul],
  ['LRN', lrn],
  ['MaxPool', maxPool],
  ['GlobalMaxPool', globalMaxPool],
  ['AveragePool', averagePool],
  ['GlobalAveragePool', globalAveragePool],
  ['BatchNormalization', batchNormalization],
  ['Softmax', softmax],
  ['Relu', relu],
  ['Flatten', flatten],
  ['Reshape', reshape],
  ['Pad', pad],
  ['Dropout', dropout],
]);
