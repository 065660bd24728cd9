import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { RgbaImage } from '@alexnet/core';
import { invalid, reasonOf } from '../sets/check-set.ts';
import { withAlpha } from '../with-alpha.ts';
import { damaged, HEADER_BYTES, parseHeader } from './header.ts';
import type { PackedSet, Stored } from './packed-set.ts';

/** An open pack. Reads at once: a worker thread has nothing else to do. */
export interface PackReader {
  /** Errors: `invalid-file` for a file that has become shorter. */
  read(stored: Exclude<Stored, { reason: string }>): RgbaImage;
  close(): void;
}

/** Errors: `invalid-file`, also for a pack that was replaced since it was opened as a set. */
export function openPixels({ file, id }: Pick<PackedSet['pack'], 'file' | 'id'>): PackReader {
  const descriptor = openFile(file);
  try {
    const head = Buffer.alloc(HEADER_BYTES);
    const count = readSync(descriptor, head, 0, HEADER_BYTES, 0);
    const header = parseHeader(head.subarray(0, count), fstatSync(descriptor).size, file);
    if (header.id !== id) throw damaged(file, 'it was replaced since it was opened');
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return {
    read({ offset, width, height }) {
      const rgb = new Uint8Array(width * height * 3);
      for (let done = 0; done < rgb.length; ) {
        const count = readSync(descriptor, rgb, done, rgb.length - done, offset + done);
        if (count === 0) throw damaged(file, 'it became shorter while it was read');
        done += count;
      }
      return { width, height, data: withAlpha(rgb) };
    },
    close: () => closeSync(descriptor),
  };
}

function openFile(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    throw invalid(`The pack ${file} cannot be opened: ${reasonOf(cause)}`, 'pack', undefined, cause);
  }
}
