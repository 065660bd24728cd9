import { buildGraph } from '@alexnet/core';
import { type CompressedLayer, netBytes } from './deep-compression-bytes.ts';

/** A convolution `[2, 1, 2, 3]` and a linear layer `[3, 20]`. */
export const graph = buildGraph('tiny', { name: 'input', shape: [1, 3, 7] })
  .conv2d('conv1', 2, [2, 3])
  .flatten('flatten')
  .linear('fc2', 3)
  .build();
export const conv: CompressedLayer = {
  bits: 8,
  codebook: [0, 1.5, -2],
  biases: [3, 4],
  entries: [
    [1, 0], // element 0
    [2, 4], // 5
    [1, 5], // 11, the last
  ],
};
export const linear: CompressedLayer = {
  bits: 4,
  codebook: Array.from({ length: 16 }, (_, i) => i / 4),
  biases: [5, 6, 7],
  entries: [
    [15, 1], // element 1
    [0, 15], // fillers, which are elements 17 and 33
    [0, 15],
    [8, 6], // 40
    [4, 15], // 56: the longest gap without a filler
    [3, 2], // 59, the last
  ],
};
export const tiny = netBytes([conv, linear]);
