import {
  AlexNetError,
  dtypeBytes,
  type ReadOptions,
  sizeOf,
  type Tensor,
  throwIfAborted,
  toFloat32,
} from '@alexnet/core';
import type { CheckpointTensor } from '../checkpoint-file.ts';
import { damaged } from '../damaged.ts';
import type { Reading } from './match.ts';
import { type Axis, joined, scatter } from './scatter.ts';

/** Bytes of the file that are read at once: no layer is in memory twice. */
const BLOCK_BYTES = 2 ** 20;

export interface ReadValuesOptions extends ReadOptions {
  /** Told after each block how many elements came. */
  onElements?(count: number): void;
}

/**
 * Reads a parameter as float32 in our layout, block by block into its place. Values that lie in memory as they are wanted are not copied:
 * the tensor is then a view of them. Errors: `aborted`, `out-of-memory`, and those of the file's reader.
 */
export async function readValues(reading: Reading, options: ReadValuesOptions = {}): Promise<Tensor> {
  const { parameter, shape } = reading.matched;
  const { tensor, axes } = asStored(reading);
  const size = sizeOf(shape);
  const readBlock = blockReader();
  let data: Float32Array | undefined;
  for (const [from, to] of blocks(size, axes, dtypeBytes[tensor.dtype])) {
    throwIfAborted(options.signal, parameter);
    const bytes = await readBlock(tensor, from, to, options);
    const mayStay = data === undefined && tensor.readInto === undefined;
    const view = mayStay ? await wholeView(bytes, tensor, axes, options) : undefined;
    if (view !== undefined) return { shape, data: view };
    data ??= allocate(size, parameter);
    scatter(valuesOf(bytes, tensor, to - from, parameter), from, axes, data);
    options.onElements?.(to - from);
  }
  return { shape, data: data ?? new Float32Array(0) };
}

/** Reads blocks one after the other: where the reader can, into the same memory, which the next one overwrites. */
function blockReader() {
  let block = new Uint8Array(0);
  return async (tensor: CheckpointTensor, from: number, to: number, options: ReadOptions): Promise<Uint8Array> => {
    if (tensor.readInto === undefined) return tensor.read(from, to, options);
    const length = (to - from) * dtypeBytes[tensor.dtype];
    if (block.length < length) block = new Uint8Array(length);
    const bytes = block.subarray(0, length);
    await tensor.readInto(from, bytes, options);
    return bytes;
  };
}

function allocate(elements: number, where: string): Float32Array {
  try {
    return new Float32Array(elements);
  } catch (cause) {
    throw new AlexNetError({
      code: 'out-of-memory',
      message: `There is no memory for ${4 * elements} bytes`,
      where,
      cause,
    });
  }
}

function valuesOf(bytes: Uint8Array, { dtype }: CheckpointTensor, elements: number, where: string): Float32Array {
  if (bytes.length !== elements * dtypeBytes[dtype]) {
    throw damaged(`${elements} elements of ${dtype} should come, but ${bytes.length} bytes did`, where);
  }
  return toFloat32({ dtype, shape: [elements], data: bytes });
}

/** The tensor in the order in which it is stored, and where its elements belong. */
function asStored({ tensor, form: { axes } }: Reading): { tensor: CheckpointTensor; axes: readonly Axis[] } {
  const { stored } = tensor;
  if (stored === undefined || stored.axes.length !== axes.length) return { tensor, axes: joined(axes.flat()) };
  return { tensor: stored.tensor, axes: joined(stored.axes.flatMap((axis) => axes[axis]!)) };
}

/** Ranges of whole rows; a tensor in which nothing moves may be cut anywhere. */
function* blocks(size: number, axes: readonly Axis[], width: number): Generator<[from: number, to: number], void> {
  const { extent, stride } = axes.at(-1)!;
  const row = axes.length === 1 && stride === 1 ? 1 : extent;
  const step = Math.max(1, Math.floor(BLOCK_BYTES / width / row)) * row;
  for (let from = 0; from < size; from += step) yield [from, Math.min(size, from + step)];
}

/** All values where they are, if the first of them, `first`, lie in a larger buffer in memory, as float32 and in our order. */
async function wholeView(
  first: Uint8Array,
  tensor: CheckpointTensor,
  [axis, ...more]: readonly Axis[],
  options: ReadValuesOptions,
): Promise<Float32Array | undefined> {
  const { buffer, byteOffset } = first;
  const size = sizeOf(tensor.shape);
  const unmoved = more.length === 0 && axis?.stride === 1 && tensor.dtype === 'F32';
  if (!unmoved || byteOffset % 4 !== 0 || buffer.byteLength < byteOffset + 4 * size) return undefined;
  const whole = await tensor.read(0, size, options);
  if (whole.buffer !== buffer || whole.length !== 4 * size) return undefined;
  options.onElements?.(size);
  return new Float32Array(buffer, whole.byteOffset, size);
}
