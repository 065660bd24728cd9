import { type ByteSource, checkRange } from '@alexnet/core';

/** A source that can also be read at once, as an open file and bytes in memory can. */
export interface SyncSource extends ByteSource {
  readSync?(offset: number, length: number): Uint8Array;
  readIntoSync?(offset: number, target: Uint8Array): void;
}

/** `length` bytes of a source from `offset` on, as a source of their own. Errors: `invalid-file` when they lie beyond its end. */
export function sliceSource(source: SyncSource, offset: number, length: number, name = source.name): SyncSource {
  checkRange({ name, size: source.size }, offset, length);
  const slice = { name, size: length };
  const { readSync, readIntoSync } = source;
  return {
    ...slice,
    async read(from, count, options) {
      checkRange(slice, from, count, options);
      return source.read(offset + from, count, options);
    },
    ...(readIntoSync === undefined
      ? {}
      : {
          readIntoSync(from, target) {
            checkRange(slice, from, target.length);
            readIntoSync(offset + from, target);
          },
        }),
    ...(readSync === undefined
      ? {}
      : {
          readSync(from, count) {
            checkRange(slice, from, count);
            return readSync(offset + from, count);
          },
        }),
  };
}
