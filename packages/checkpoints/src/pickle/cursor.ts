import type { ByteSource, ReadOptions } from '@alexnet/core';
import { damaged } from '../damaged.ts';

/** A place in a source that moves forward. What is loaded is there at once: only `load` waits. */
export interface Cursor {
  /** The next byte's offset in the source. */
  position(): number;
  /** The source's size. */
  readonly end: number;
  /** Whether so many bytes are loaded. */
  has(length: number): boolean;
  /** Loads so many bytes. Errors: `invalid-file` when the source ends before, and those of the source. */
  load(length: number): Promise<void>;
  /** Takes loaded bytes: a view that holds until the next `load`. */
  take(length: number): Uint8Array;
  /** Like `take`, but stays where it is. */
  peek(length: number): Uint8Array;
  /** Leaves bytes out, without reading them. Errors: `invalid-file` beyond the end. */
  skip(length: number): void;
}

const CHUNK = 2 ** 16;

export function openCursor(source: ByteSource, offset: number, where: string, options?: ReadOptions): Cursor {
  let buffer = new Uint8Array(0);
  let start = offset; // of the buffer, in the source
  let at = 0; // in the buffer
  const end = source.size;
  const check = (length: number) => {
    const left = end - (start + at);
    if (length > left) throw damaged(`${length} bytes should follow but ${left} are left`, where, start + at);
  };
  return {
    end,
    position: () => start + at,
    has: (length) => length <= buffer.length - at,
    async load(length) {
      check(length);
      start += at;
      at = 0;
      buffer = (await source.read(start, Math.min(Math.max(length, CHUNK), end - start), options)) as typeof buffer;
    },
    take(length) {
      at += length;
      return buffer.subarray(at - length, at);
    },
    peek: (length) => buffer.subarray(at, at + length),
    skip(length) {
      check(length);
      const loaded = Math.min(length, buffer.length - at);
      at += loaded;
      if (loaded === length) return;
      start += at + (length - loaded);
      at = 0;
      buffer = new Uint8Array(0);
    },
  };
}
