import { dirname, join } from 'node:path';
import { type CheckpointFormat, detectFormat, externalFiles, readOnnx } from '@alexnet/checkpoints';
import { countNonFinite, isFloat, readSafetensors, type Shape, type StoredTensor, toFloat32 } from '@alexnet/core';
import { readBytes } from './files.ts';

/** A tensor of a file, without its values. */
export interface TensorFacts {
  readonly name: string;
  readonly dtype: string;
  readonly shape: Shape;
  readonly nan: number;
  readonly infinite: number;
}

export interface FileFacts {
  readonly format: CheckpointFormat;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly TensorFacts[];
}

/** What is in a checkpoint file. Errors: `invalid-file`. */
export async function describeFile(bytes: Uint8Array, path: string): Promise<FileFacts> {
  const format = detectFormat(bytes);
  const { tensors, metadata } =
    format === 'onnx' ? { ...readOnnx(bytes, await externalData(bytes, path)), metadata: {} } : readSafetensors(bytes);
  return { format, metadata, tensors: [...tensors].map(([name, tensor]) => factsOf(name, tensor)) };
}

/** The files beside an ONNX model that hold its weights, by their path relative to it; none for other formats. */
export async function externalData(bytes: Uint8Array, path: string): Promise<Map<string, Uint8Array>> {
  if (detectFormat(bytes) !== 'onnx') return new Map();
  const files = externalFiles(bytes).map(async (name) => [name, await readBytes(join(dirname(path), name))] as const);
  return new Map(await Promise.all(files));
}

function factsOf(name: string, tensor: StoredTensor): TensorFacts {
  const { dtype, shape } = tensor;
  const values = isFloat(tensor) ? new Map([[name, { shape, data: toFloat32(tensor) }]]) : new Map();
  const [broken] = countNonFinite(values);
  return { name, dtype, shape, nan: broken?.nan ?? 0, infinite: broken?.infinite ?? 0 };
}
