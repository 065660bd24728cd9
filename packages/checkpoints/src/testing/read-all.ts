import { sizeOf } from '@alexnet/core';
import type { CheckpointFile } from '../checkpoint-file.ts';

/** Reads every tensor of a file, one after the other; gives the bytes that there were. */
export async function readAll({ tensors }: CheckpointFile): Promise<number> {
  let bytes = 0;
  for (const { shape, read } of tensors.values()) bytes += (await read(0, sizeOf(shape))).length;
  return bytes;
}
