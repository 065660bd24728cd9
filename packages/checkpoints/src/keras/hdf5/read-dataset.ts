import { sizeOf } from '@alexnet/core';
import { damaged } from '../../damaged.ts';
import type { Hdf5Dataset } from './describe.ts';
import { hyperslabs } from './hyperslabs.ts';
import { type Hdf5Session, withMemory } from './session.ts';

/** What is read at once, so that the library's memory stays small. More than is searched for strings (see global-heap.ts). */
const PIECE_BYTES = 2 ** 21;
/** Whole chunks are read at once up to this size: a chunk that is read in parts is decompressed as often. */
const MOST_PIECE_BYTES = 2 ** 25;

/** Memory that reading needs in the library: a piece, and a chunk as it is stored, decompressed, and rearranged. */
export function memoryFor({ chunk, width }: Hdf5Dataset): number {
  return MOST_PIECE_BYTES + (chunk === undefined ? 0 : 4 * sizeOf(chunk) * width);
}

/** Fills `target` with the little-endian bytes of the elements from `from` on. Errors: `invalid-file`. */
export function readDataset(session: Hdf5Session, dataset: Hdf5Dataset, from: number, target: Uint8Array): void {
  const { file, call } = session;
  const { path, shape, width, chunk } = dataset;
  const to = from + target.length / width;
  const piece = { elements: PIECE_BYTES / width, most: MOST_PIECE_BYTES / width, chunk };
  const blocks = [...hyperslabs(shape, from, to, piece)];
  const largest = Math.max(...blocks.map(({ count }) => sizeOf(count)), 0);
  call(path, (module) => {
    withMemory(module, largest * width, path, (pointer) => {
      for (const { at, offset, count } of blocks) {
        const status = module.get_dataset_data(file, path, ...selection(offset, count), BigInt(pointer));
        if (status < 0) throw damaged('The values cannot be read', path);
        target.set(module.HEAPU8.subarray(pointer, pointer + sizeOf(count) * width), (at - from) * width);
      }
    });
  });
}

/** Count, offset and stride; null for a single number, which has no axes. */
function selection(offset: readonly number[], count: readonly number[]): Selection {
  if (count.length === 0) return [null, null, null];
  return [count.map(BigInt), offset.map(BigInt), count.map(() => 1n)];
}

type Selection = [count: bigint[] | null, offset: bigint[] | null, stride: bigint[] | null];
