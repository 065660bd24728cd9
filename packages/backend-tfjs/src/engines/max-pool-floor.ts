import type { Deviation } from '@alexnet/core';

/** Of the WebGL and WebGPU engines. No activation of a network comes near: after ReLU none is negative. */
export const maxPoolFloor: Deviation = {
  reason: 'Max pooling starts from -1e20, not from minus infinity: a window with nothing larger in it becomes -1e20',
  tests: [
    ...['ceil-keeps', 'ceil-in-padding', 'pad-top', 'pad-left', 'pad-bottom', 'pad-right', 'zoo-pool5'].map(
      (row) => `op/maxPool2d/${row}/lowest`,
    ),
    'property/fuzz/maxPool2d/lowest',
  ],
  issue: 'https://github.com/tensorflow/tfjs/pull/4854',
};
