import type { AlexNetError } from '@alexnet/core';
import type { H5Module } from './module.ts';
import type { ReadBudget } from './mount.ts';
import type { SyncBytes } from './sync-bytes.ts';

/** One running HDF5 library. */
export interface Engine {
  readonly module: H5Module;
  /** Bytes that its memory may grow to; set anew for each piece of work. */
  limit: number;
  /** It must not be used again: something was thrown through its frames. */
  broken: boolean;
  /** How often something was thrown through its frames that left no more than these behind. */
  leaks: number;
  /** What went wrong where the library asked for bytes or memory: it only knows that it did not get them. */
  failure?: AlexNetError | undefined;
  /** Its memory has grown. It never shrinks, so another file gets another engine. */
  readonly grown: () => boolean;
  /** Puts its memory back as it was at the start, if a file was open in it: nothing of one file may be left for the next. */
  readonly reset: () => void;
  /** The file that is open in it. */
  opened?: OpenedFile | undefined;
}

export interface OpenedFile {
  readonly bytes: SyncBytes;
  /** HDF5's number of it. */
  readonly file: bigint;
  /** What the piece of work at hand may still read. */
  readonly budget: ReadBudget;
}

/** Not kept alive for its own sake: it has 20 MB, and perhaps a file's bytes. */
let current: WeakRef<Engine> | undefined;
let starting: Promise<Engine> | undefined;

/** An engine that nobody else uses before the caller gives up control. It has this file open, or must be reset before one is opened. */
export async function getEngine(bytes: SyncBytes): Promise<Engine> {
  for (;;) {
    const engine = current?.deref();
    if (engine !== undefined && !engine.broken && (engine.opened?.bytes === bytes || !engine.grown())) return engine;
    starting ??= startEngine().finally(() => {
      starting = undefined;
    });
    current = new WeakRef(await starting);
  }
}

async function startEngine(): Promise<Engine> {
  // by path: the package exports only a module that starts an instance of its own
  const { default: createModule } = await import('../../../node_modules/h5wasm/dist/esm/hdf5_util.js');
  const state = { limit: 0, leaks: 0, broken: false };
  const quiet = () => undefined;
  const module = await createModule({ noInitialRun: true, print: quiet, printErr: quiet, stdin: () => null });
  module['_H5open']();
  const size = module.HEAPU8.length;
  const pages = usedPages(module.HEAPU8);
  let isNew = true;
  return Object.assign(state, {
    module,
    grown: () => module.HEAPU8.length > size,
    reset() {
      if (isNew) {
        isNew = false;
        return;
      }
      module.HEAPU8.fill(0);
      for (const { at, bytes } of pages) module.HEAPU8.set(bytes, at);
    },
  });
}

/** Longer than the stack, which is 2 MB and empty at the start. */
const MOST_ZEROS = 2 ** 21 + 2 ** 18;
const PAGE = 2 ** 12;

/**
 * The pages of memory that are not zero. They are not looked for up to the end: what nobody has touched takes no memory of the machine's
 * as long as nobody does.
 */
function usedPages(memory: Uint8Array): readonly { readonly at: number; readonly bytes: Uint8Array }[] {
  const pages: { at: number; bytes: Uint8Array }[] = [];
  let end = 0;
  for (let at = 0; at < Math.min(memory.length, end + MOST_ZEROS); at += PAGE) {
    const page = memory.subarray(at, at + PAGE);
    if (page.every((byte) => byte === 0)) continue;
    pages.push({ at, bytes: page.slice() });
    end = at + PAGE;
  }
  return pages;
}
