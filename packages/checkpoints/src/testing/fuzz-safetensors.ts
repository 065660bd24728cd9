import { concatBytes, memorySource, type WritableTensor, writeSafetensors } from '@alexnet/core';
import { openSafetensors } from '../safetensors/open-safetensors.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { readAll } from './read-all.ts';

const tensors = new Map<string, WritableTensor>([
  ['conv1.weight', { shape: [2, 1, 2, 3], data: Float32Array.from({ length: 12 }, (_, i) => i / 8) }],
  ['conv1.bias', { shape: [2], data: Float32Array.of(1, 2) }],
  ['half', { dtype: 'F16', shape: [3], data: new Uint8Array(6) }],
]);

/** Files with pad tensors, with metadata, and with nothing in them. */
export const fuzzSafetensors: FuzzTarget = {
  name: 'safetensors',
  corpus: async () => [
    concatBytes(writeSafetensors(tensors, { metadata: { licence: 'MIT' } })),
    concatBytes(writeSafetensors(new Map([...tensors].slice(1, 2)))),
    concatBytes(writeSafetensors(new Map())),
  ],
  read: async (bytes) => readAll(await openSafetensors(memorySource(bytes))),
};
