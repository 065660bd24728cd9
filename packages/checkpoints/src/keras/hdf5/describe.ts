import { type Dtype, type Shape, sizeOf } from '@alexnet/core';
import { damaged } from '../../damaged.ts';
import { textOf } from './attributes.ts';
import { filter, type H5Metadata, typeClass } from './module.ts';
import type { Hdf5Session } from './session.ts';

/** A dataset of numbers. */
export interface Hdf5Dataset {
  readonly path: string;
  readonly dtype: Dtype;
  readonly shape: Shape;
  /** Bytes of an element. */
  readonly width: number;
  /** The block of elements that is stored, and perhaps compressed, as one. */
  readonly chunk?: Shape | undefined;
  /** Bytes of the file that it must take at the least. */
  readonly leastBytes: number;
}

/** What deflate can make of one byte. */
const MAX_RATIO = 1032;
/** Bytes that a file has for each chunk at the least: where it is. */
const CHUNK_BYTES = 8;
/** HDF5's own limit. */
const MAX_RANK = 32;
/** None of these makes data larger than `MAX_RATIO`, and all are part of every HDF5 library. */
const KNOWN_FILTERS = new Set<number>([filter.deflate, filter.shuffle, filter.fletcher32]);

const integers: Readonly<Record<number, Dtype>> = { 1: 'U8', 2: 'U16', 4: 'U32', 8: 'U64' };
const signedIntegers: Readonly<Record<number, Dtype>> = { 1: 'I8', 2: 'I16', 4: 'I32', 8: 'I64' };
const floats: Readonly<Record<number, Dtype>> = { 2: 'F16', 4: 'F32', 8: 'F64' };

/**
 * What a dataset is, without its values; undefined when it holds no numbers.
 * Errors: `invalid-file` when the file is too small to hold it, or has it in a way that is not read.
 */
export function describeDataset(session: Hdf5Session, path: string): Hdf5Dataset | undefined {
  const { bytes, file, call } = session;
  const metadata = call(path, (module) => module.get_dataset_metadata(file, path));
  const { shape, chunks, size: width, virtual_sources: sources } = metadata;
  const dtype = dtypeOf(session, path, metadata);
  if (dtype === undefined || shape === null) return undefined;
  if (sources !== undefined) throw damaged('Its values are in other files', path);
  const size = sizeOf(shape) * width;
  if (!Number.isSafeInteger(size) || shape.length > MAX_RANK) {
    throw damaged(`The shape ${shape} has more elements than can be`, path);
  }
  if (chunks === null || chunks === undefined)
    return checked(bytes.size, { path, dtype, shape, width, leastBytes: size });

  const filters = call(path, (module) => module.get_dataset_filters(file, path)).map(({ id }) => id);
  const unknown = filters.find((id) => !KNOWN_FILTERS.has(id));
  if (unknown !== undefined) throw damaged(`It is compressed with HDF5 filter ${unknown}, which is not read`, path);
  const count = sizeOf(shape.map((extent, axis) => Math.ceil(extent / chunks[axis]!)));
  const ratio = filters.includes(filter.deflate) ? MAX_RATIO : 1;
  const leastBytes = Math.max(Math.ceil(size / ratio), count * CHUNK_BYTES);
  if (sizeOf(chunks) * width > bytes.size * ratio) {
    throw damaged(`A chunk of ${chunks} elements is larger than a file of ${bytes.size} bytes can hold`, path);
  }
  return checked(bytes.size, { path, dtype, shape, width, chunk: chunks, leastBytes });
}

function checked(fileSize: number, dataset: Hdf5Dataset): Hdf5Dataset {
  if (dataset.leastBytes <= fileSize) return dataset;
  throw damaged(
    `${dataset.dtype} [${dataset.shape}] takes ${dataset.leastBytes} bytes at the least, and the file has ${fileSize}`,
    dataset.path,
  );
}

function dtypeOf(session: Hdf5Session, path: string, { type, size, signed }: H5Metadata): Dtype | undefined {
  // Keras writes bfloat16, which HDF5 does not know, as two bytes of anything, and says so in an attribute
  if (type === typeClass.opaque && size === 2)
    return textOf(session, path, 'dtype') === 'bfloat16' ? 'BF16' : undefined;
  if (type === typeClass.enum && size === 1) return 'BOOL';
  if (type === typeClass.integer) return (signed ? signedIntegers : integers)[size];
  return type === typeClass.float ? floats[size] : undefined;
}
