import { toFloat32 } from '@alexnet/core';
import type { ManifestWeight } from './manifest.ts';

/** Little-endian bytes of a weight's values, from those that are stored: as TensorFlow.js computes them, bit for bit. */
export function dequantise({ dtype, stored }: ManifestWeight, bytes: Uint8Array): Uint8Array {
  if (stored.dtype === dtype) return bytes;
  if (stored.affine === undefined) return bytesOf(toFloat32({ dtype: stored.dtype, shape: [], data: bytes }));
  const { scale, min } = stored.affine;
  const codes = stored.width === 1 ? bytes : halfWords(bytes);
  const values = dtype === 'I32' ? new Int32Array(codes.length) : new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const value = codes[i]! * scale + min;
    values[i] = dtype === 'I32' ? Math.round(value) : value;
  }
  return bytesOf(values);
}

function halfWords(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(bytes.slice().buffer);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
