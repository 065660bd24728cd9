import { average } from './average.ts';
import { batchNormKernels } from './batch-norm.ts';
import { dots } from './dots.ts';
import { type LayerKernel, layerKernel } from './layer-kernel.ts';
import { lrnKernels } from './lrn.ts';
import { softmaxKernels } from './softmax.ts';

/*
 * Correct float32 kernels for the ops whose results depend on more than the order of additions. The suite must pass all of them, always.
 */

const { fround } = Math;

/** Averages as sums of products with 1/n. */
const averages: Readonly<Record<string, LayerKernel>> = Object.fromEntries(
  ['one accumulator, bias first', 'eight lanes', 'fused multiply-add'].map((name) => [
    `averages, products with 1/n, ${name}`,
    layerKernel(
      'adaptiveAvgPool2d',
      (call) =>
        average(call, (window, ones) =>
          dots[name]!(
            window,
            ones.map(() => fround(1 / ones.length)),
            0,
          ),
        ).data,
    ),
  ]),
);

export const layerKernels: Readonly<Record<string, LayerKernel>> = {
  ...averages,
  'average, a sum times 1/n': layerKernel(
    'adaptiveAvgPool2d',
    (call) =>
      average(call, (window, ones) => dots['one accumulator, bias first']!(window, ones, 0) * fround(1 / ones.length))
        .data,
  ),
  ...lrnKernels,
  ...softmaxKernels,
  ...batchNormKernels,
};
