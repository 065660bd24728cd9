import { type ByteSource, memorySource } from '@alexnet/core';
import type { CheckpointFile } from '../checkpoint-file.ts';
import { openOnnx } from '../onnx/open-onnx.ts';
import { bytes, le } from './proto-bytes.ts';

/** The values of a tensor `[2, 3]`, with what is easily lost. */
export const six = Float32Array.of(1, -2, 3.5, 0, 1e-40, Number.NaN);
export const raw = bytes(9, le(six));

/** Opens a model beside which there are files. */
export function openModel(
  file: Uint8Array,
  files: Readonly<Record<string, Uint8Array | ByteSource>> = { 'w.bin': le(six) },
): Promise<CheckpointFile> {
  return openOnnx(memorySource(file), {
    sibling: async (path) => {
      const found = files[path];
      return found instanceof Uint8Array ? memorySource(found, path) : found;
    },
  });
}
