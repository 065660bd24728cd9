import { buildGraph, concatBytes, memorySource, seededWeights } from '@alexnet/core';
import { openNumpy } from '../numpy/open-numpy.ts';
import { writeNpy } from '../numpy/write-npy.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { npyBytes, numbersHeader } from './npy-bytes.ts';
import { readAll } from './read-all.ts';

const graph = buildGraph('tiny', { name: 'input', shape: [1, 3, 4] })
  .conv2d('conv1', 2, [2, 3])
  .flatten('flatten')
  .linear('fc6', 3)
  .build();

/** Files of numbers and pickled layers. */
export const fuzzNumpy: FuzzTarget = {
  name: 'numpy',
  corpus: async () => [
    concatBytes([...writeNpy(graph, seededWeights(graph, 1))]),
    npyBytes(numbersHeader('<f4', '(2, 3)'), new Uint8Array(24)),
    npyBytes(numbersHeader('>f2', '(2, 3L)', 'True'), new Uint8Array(12), 2),
    npyBytes(numbersHeader('|u1', '()'), new Uint8Array(1), 3),
  ],
  read: async (bytes) => readAll(await openNumpy(memorySource(bytes))),
};
