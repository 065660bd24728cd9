import { type Dtype, dtypeBytes, type Shape, sizeOf } from '@alexnet/core';
import { type CheckpointFile, type CheckpointTensor, torchLayout } from '../checkpoint-file.ts';

/** A tensor whose bytes are given, in memory of their own at each read; default: zeros. */
export function fakeTensor(
  shape: Shape,
  dtype: Dtype = 'F32',
  bytes = new Uint8Array(sizeOf(shape) * dtypeBytes[dtype]),
): CheckpointTensor {
  const width = dtypeBytes[dtype];
  return { dtype, shape, read: async (from, to) => bytes.slice(from * width, to * width) };
}

export function floatTensor(shape: Shape, values: ArrayLike<number>): CheckpointTensor {
  return fakeTensor(shape, 'F32', new Uint8Array(Float32Array.from(values).buffer));
}

/** An opened file that never was one; default: PyTorch's layout. */
export function fakeFile(
  tensors: Iterable<readonly [string, CheckpointTensor]>,
  rest: Partial<CheckpointFile> = {},
): CheckpointFile {
  return { format: 'safetensors', layout: torchLayout, metadata: {}, others: [], tensors: new Map(tensors), ...rest };
}
