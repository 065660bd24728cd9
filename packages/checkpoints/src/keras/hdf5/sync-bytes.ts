import type { ReadOptions } from '@alexnet/core';
import type { SyncSource } from '../../slice-source.ts';

/** Bytes that can be had at once: HDF5 cannot wait. */
export interface SyncBytes {
  readonly name: string;
  readonly size: number;
  /** May be a view. Errors: `invalid-file`. */
  readSync(offset: number, length: number): Uint8Array;
  /** Fills `target` with the bytes from `offset` on. Errors: `invalid-file`. */
  readIntoSync(offset: number, target: Uint8Array): void;
}

/**
 * The bytes of a source: read piece by piece where that needs no waiting, as from files; else all of them, once.
 * Errors: those of `read`.
 */
export async function syncBytes(source: SyncSource, options?: ReadOptions): Promise<SyncBytes> {
  const { name, size } = source;
  if (source.readSync !== undefined) return withInto({ name, size, readSync: source.readSync }, source.readIntoSync);
  const bytes = await source.read(0, size, options);
  return withInto({ name, size, readSync: (offset, length) => bytes.subarray(offset, offset + length) });
}

function withInto(
  bytes: Omit<SyncBytes, 'readIntoSync'>,
  readIntoSync: SyncBytes['readIntoSync'] = (offset, target) => target.set(bytes.readSync(offset, target.length)),
): SyncBytes {
  return { ...bytes, readIntoSync };
}
