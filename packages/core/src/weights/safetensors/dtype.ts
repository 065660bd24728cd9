import { AlexNetError } from '../../error.ts';
import type { Shape } from '../../tensor.ts';
import { fromHalf } from '../stored/half.ts';

/** Bytes per element of each element type, by safetensors' names. */
export const dtypeBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

export type Dtype = keyof typeof dtypeBytes;

/** A tensor as a file holds it: little-endian, row-major bytes, usually a view into the file. */
export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: Shape;
  readonly data: Uint8Array;
}

/** How each floating-point type becomes float32. */
const float32Readers: Partial<Record<Dtype, (bytes: Uint8Array) => Float32Array>> = {
  F32: (bytes) => view(Float32Array, bytes),
  F64: (bytes) => Float32Array.from(view(Float64Array, bytes)),
  F16: (bytes) => fromHalf(view(Uint16Array, bytes)),
  BF16: (bytes) => fromBfloat16(view(Uint16Array, bytes)),
};

/** Whether `toFloat32` and `toFloat64` can read the tensor. */
export function isFloat({ dtype }: Pick<StoredTensor, 'dtype'>): boolean {
  return Object.hasOwn(float32Readers, dtype);
}

/**
 * The values of a float tensor as float32: exact for F32, F16 and BF16, rounded to nearest for F64.
 * F32 bytes at a multiple of 4 are not copied: the result is a view into the file. Errors: `unsupported` for other element types.
 */
export function toFloat32({ dtype, data }: StoredTensor): Float32Array {
  const read = float32Readers[dtype];
  if (read !== undefined) return read(data);
  throw new AlexNetError({
    code: 'unsupported',
    message: `A tensor of type ${dtype} does not hold floating-point values`,
    fix: `Store it as ${Object.keys(float32Readers).join(', ')}.`,
  });
}

/** Like `toFloat32`, without rounding F64; for expected values. F64 bytes at a multiple of 8 are not copied. */
export function toFloat64(tensor: StoredTensor): Float64Array {
  return tensor.dtype === 'F64' ? view(Float64Array, tensor.data) : Float64Array.from(toFloat32(tensor));
}

/** Reads bytes as elements in the host's byte order, which is little-endian wherever a WebAssembly or WebGPU engine runs. */
function view<T>(
  type: { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBufferLike, offset: number, length: number): T },
  bytes: Uint8Array,
): T {
  const width = type.BYTES_PER_ELEMENT;
  // not bytes.slice(): of Node's Buffer that is another view, as misaligned as the first
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  return new type(aligned.buffer, aligned.byteOffset, aligned.length / width);
}

/** A bfloat16 is the upper half of a float32. */
function fromBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < bits.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}
