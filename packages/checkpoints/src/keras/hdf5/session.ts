import { AlexNetError, type ReadOptions, throwIfAborted } from '@alexnet/core';
import { damaged } from '../../damaged.ts';
import { type Engine, getEngine, type OpenedFile } from './engine.ts';
import { withMemoryLimit } from './memory-limit.ts';
import type { H5Module } from './module.ts';
import { MOUNT_PATH, mount, readBudget } from './mount.ts';
import type { SyncBytes } from './sync-bytes.ts';

/** An open HDF5 file. */
export interface Hdf5Session {
  readonly bytes: SyncBytes;
  readonly file: bigint;
  /**
   * Calls the library. Errors: `invalid-file` for all that it throws. Nothing else may be called then: it may be in any state.
   */
  call<T>(where: string, task: (module: H5Module) => T): T;
}

export interface SessionOptions extends ReadOptions {
  /** Bytes that the library may take for this piece of work, besides those that it needs for any file. */
  readonly memory: number;
}

/** What HDF5 needs for its own tables, whatever it reads. */
const BASE_MEMORY = 2 ** 26;

/**
 * Does one piece of work, which may not wait, on a file in an HDF5 library that knows nothing of any other file. The bytes stay where they
 * are: the library reads what it needs. The file stays open until another one is. Errors: `invalid-file`, `aborted`.
 */
export async function withHdf5<T>(
  bytes: SyncBytes,
  { memory, signal }: SessionOptions,
  task: (session: Hdf5Session) => T,
): Promise<T> {
  const engine = await getEngine(bytes);
  throwIfAborted(signal, bytes.name);
  const call = callerOf(engine);
  try {
    const { file, budget } = engine.opened?.bytes === bytes ? engine.opened : open(engine, bytes, call);
    Object.assign(budget, readBudget(bytes));
    engine.limit = memoryLimit(engine, memory);
    return task({ bytes, file, call });
  } catch (error) {
    engine.opened = undefined; // who knows what is left of it
    throw error;
  }
}

function open(engine: Engine, bytes: SyncBytes, call: Hdf5Session['call']): OpenedFile {
  const budget = readBudget(bytes);
  engine.opened = undefined;
  engine.failure = undefined;
  engine.reset();
  engine.limit = memoryLimit(engine);
  mount(engine, bytes, budget);
  const file = call(bytes.name, (module) => module.open(MOUNT_PATH, 0, false, -1, -1));
  if (file < 0n) throw damaged('It is not an HDF5 file', bytes.name);
  engine.opened = { bytes, file, budget };
  return engine.opened;
}

function memoryLimit({ module }: Engine, more = 0): number {
  return module.HEAPU8.length + BASE_MEMORY + more;
}

function callerOf(engine: Engine): Hdf5Session['call'] {
  return (where, task) => {
    const refuse = () => {
      engine.failure ??= damaged('HDF5 wants more memory for it than its size explains', where);
    };
    try {
      const result = withMemoryLimit(engine.limit, refuse, () => task(engine.module));
      if (engine.failure === undefined) return result;
    } catch (cause) {
      const isOurs = cause instanceof AlexNetError;
      if (!isOurs && (!isOrderly(cause) || ++engine.leaks > MAX_LEAKS)) engine.broken = true;
      if (engine.failure === undefined) {
        if (isOurs) throw cause;
        throw damaged(`HDF5 cannot read it: ${String(cause).slice(0, 200)}`, where, undefined, cause);
      }
    }
    throw engine.failure;
  };
}

/**
 * Errors that h5wasm throws when HDF5 had returned one. All that is left behind is a frame on the library's stack, which is below 2 kB of
 * its 2 MB.
 */
function isOrderly(cause: unknown): boolean {
  return cause instanceof Error && cause.message === 'error - name not defined!';
}

const MAX_LEAKS = 256;

/** Does something with memory of the library's. Errors: `invalid-file` when there is none. */
export function withMemory<T>(module: H5Module, bytes: number, where: string, task: (pointer: number) => T): T {
  const pointer = module['_malloc'](bytes);
  if (pointer === 0 && bytes > 0) throw damaged(`The library has no memory for ${bytes} bytes`, where);
  const result = task(pointer);
  module['_free'](pointer); // not after an error: the library starts anew then
  return result;
}
