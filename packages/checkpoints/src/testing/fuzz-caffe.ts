import { memorySource } from '@alexnet/core';
import { openCaffe } from '../caffe/open-caffe.ts';
import { data, layer, layerV1, legacyShape, shape } from './caffe-bytes.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { all, bytes, double, float, varint } from './proto-bytes.ts';
import { readAll } from './read-all.ts';

const six = [1, 2, 3, 4, 5, 6];

/** Networks with layers of both versions, and values packed and not. */
export const fuzzCaffe: FuzzTarget = {
  name: 'caffe',
  corpus: async () => [
    all(
      bytes(1, 'net'),
      layer({
        name: 'conv1',
        type: 'Convolution',
        blobs: [
          [shape([2, 3, 1, 1]), data(six)],
          [shape([2]), data([1, 2])],
        ],
      }),
      layer({ name: 'fc2', blobs: [[shape([3, 2]), ...six.map((value) => float(5, value))]] }),
      layer({ name: 'fc3', blobs: [[shape([2]), double(8, 1), double(8, 2)]], more: [bytes(117, all(varint(6, 1)))] }),
    ),
    all(
      bytes(1, 'net'),
      layerV1({
        name: 'conv1',
        type: 4,
        blobs: [[...legacyShape([2, 3, 1, 1]), data(six)]],
        more: [bytes(10, all(varint(5, 1)))],
      }),
      layerV1({
        name: 'fc2',
        blobs: [
          [...legacyShape([1, 1, 2, 3]), data(six)],
          [...legacyShape([1, 1, 1, 1]), data([1])],
        ],
      }),
    ),
  ],
  read: async (file) => readAll(await openCaffe(memorySource(file))),
};
