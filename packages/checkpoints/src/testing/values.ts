import { sizeOf, toFloat64 } from '@alexnet/core';
import type { CheckpointFile } from '../checkpoint-file.ts';

/** The values of a tensor, or of its elements `from` up to, not including, `to`. */
export async function valuesOf(
  { tensors }: CheckpointFile,
  name: string,
  from?: number,
  to?: number,
): Promise<number[]> {
  const { dtype, shape, read } = tensors.get(name)!;
  const data = await read(from ?? 0, to ?? sizeOf(shape));
  return dtype === 'I32' ? [...new Int32Array(data.slice().buffer)] : [...toFloat64({ dtype, shape, data })];
}

/** The bytes of numbers, without a copy. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
