import { bytesOf, type Initializer, int64Bytes } from './onnx.ts';

export function float32(name: string, shape: readonly number[], data: Float32Array): Initializer {
  return { name, shape, type: 'float32', data: bytesOf(data) };
}

export function int64(name: string, values: readonly number[]): Initializer {
  return { name, shape: [values.length], type: 'int64', data: int64Bytes(values) };
}
