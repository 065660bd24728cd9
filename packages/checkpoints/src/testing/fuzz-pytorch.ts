import { memorySource } from '@alexnet/core';
import { openPytorch } from '../pytorch/open-pytorch.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { int, pickleBytes, short } from './pickle-bytes.ts';
import { legacyPth, orderedDict, tensorPickle, zipPth } from './pth-bytes.ts';
import { readAll } from './read-all.ts';

const floats = Uint8Array.from({ length: 24 }, (_, i) => i);
const transposed = { size: [3, 2], stride: [1, 3] };
const state = orderedDict({
  'features.0.weight': tensorPickle(),
  'features.0.bias': tensorPickle({ ...transposed, key: '1', type: 'torch\nHalfStorage' }),
  epoch: int(3),
});
const halves = floats.subarray(0, 12);

/** Files of torch.save, ZIP archives and the older kind. */
export const fuzzPytorch: FuzzTarget = {
  name: 'pytorch',
  corpus: async () => [
    zipPth({ value: state, storages: { 0: floats, 1: halves } }),
    zipPth({ value: state, storages: { 0: floats, 1: halves }, byteorder: 'big', deflate: true }),
    zipPth({
      value: pickleBytes('}(', short('state_dict'), state, short('epoch'), int(1), 'u'),
      storages: { 0: floats, 1: halves },
    }),
    legacyPth({
      value: state,
      storages: [
        ['1', 6, halves],
        ['0', 6, floats],
      ],
    }),
  ],
  read: async (bytes) => readAll(await openPytorch(memorySource(bytes))),
};
