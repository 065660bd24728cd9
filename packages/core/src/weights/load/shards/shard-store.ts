import { AlexNetError, throwIfAborted } from '../../../error.ts';
import type { Brought } from './bring-shard.ts';
import { type Deferred, deferred } from './deferred.ts';
import { memoryPool } from './memory-pool.ts';
import { orAborted } from './or-aborted.ts';

/** Shards on their way and in memory, never more than there are slots. */
export interface ShardStore extends AsyncDisposable {
  /**
   * Calls `use` with the bytes of a shard, which are only valid during the call. The shards after it are brought as well, as far as
   * there is room. Errors: `aborted`, `disposed`, and those of `bring`.
   */
  use<T>(index: number, use: (bytes: Uint8Array) => T, signal?: AbortSignal): Promise<T>;
}

export interface StoreOptions {
  /** Bytes of each shard. */
  readonly sizes: readonly number[];
  /** Shards at the same time: on their way, and in all. At least 1 each. */
  readonly concurrency: number;
  readonly slots: number;
  readonly bring: (index: number, memory: () => Uint8Array, signal: AbortSignal) => Promise<Brought>;
  /** Whether everything in a shard has been read, so that it need not stay. */
  readonly isDone: (index: number) => boolean;
  readonly signal?: AbortSignal | undefined;
  readonly where: string;
}

/** A shard from when it is wanted until it is dropped. */
interface Task {
  readonly index: number;
  readonly controller: AbortController;
  readonly arrival: Deferred<Uint8Array>;
  /** Readers that wait for it or use it. */
  readers: number;
  state: 'queued' | 'coming' | 'here';
  /** Gives the memory back. */
  free: () => void;
  /** The cache is still reading the bytes. */
  saving: boolean;
}

export function shardStore(options: StoreOptions): ShardStore {
  const { sizes, concurrency, slots, bring, isDone, signal: outer, where } = options;
  const tasks = new Map<number, Task>();
  const running = new Set<Promise<void>>();
  const memory = memoryPool(Math.max(...sizes, 0));
  let taken = 0; // slots
  let coming = 0;
  /** The shard that was asked for last. Those after it are brought ahead; those before it go first. */
  let position = sizes.length;
  /** Why nothing more is brought. */
  let end: AlexNetError | undefined;

  const close = (error: AlexNetError): void => {
    end ??= error;
    for (const task of tasks.values()) {
      task.arrival.reject(end);
      task.controller.abort();
    }
    for (const task of [...tasks.values()]) drop(task);
  };
  const onAbort = (): void => {
    close(new AlexNetError({ code: 'aborted', message: 'The work was cancelled', where, cause: outer?.reason }));
  };
  if (outer?.aborted) onAbort();
  outer?.addEventListener('abort', onAbort, { once: true });

  /** Forgets a task; what is coming gives its slot back by itself when it has ended. */
  function drop(task: Task): void {
    if (tasks.get(task.index) === task) tasks.delete(task.index);
    if (task.state === 'here' && !task.saving) task.free();
  }

  function add(index: number): Task {
    const task: Task = {
      index,
      controller: new AbortController(),
      arrival: deferred(),
      readers: 0,
      state: 'queued',
      free: () => undefined,
      saving: false,
    };
    tasks.set(index, task);
    return task;
  }

  /** A slot for a shard: one that is free, or that of a shard which nobody is reading, those that are behind first. */
  function makeRoom(mayDrop: (index: number) => boolean): boolean {
    if (taken < slots) return true;
    const idle = [...tasks.values()].filter(
      ({ index, state, readers, saving }) => state === 'here' && readers === 0 && !saving && mayDrop(index),
    );
    const isBehind = ({ index }: Task) => index < position;
    const victim = idle.find(isBehind) ?? idle.at(-1);
    if (victim !== undefined) drop(victim);
    return taken < slots;
  }

  function pump(): void {
    if (end !== undefined) return;
    for (const task of [...tasks.values()].filter(({ state }) => state === 'queued')) {
      if (coming >= concurrency || !makeRoom(() => true)) return;
      start(task);
    }
    for (let index = position + 1; index < sizes.length; index++) {
      if (tasks.has(index) || isDone(index)) continue;
      if (coming >= concurrency || !makeRoom((other) => other < position)) return;
      start(add(index));
    }
  }

  function start(task: Task): void {
    task.state = 'coming';
    taken++;
    coming++;
    const run = fetchInto(task).finally(() => {
      running.delete(run);
      pump();
    });
    running.add(run);
  }

  async function fetchInto(task: Task): Promise<void> {
    let lent: Uint8Array | undefined;
    const lend = () => (lent ??= memory.lend());
    task.free = () => {
      task.free = () => undefined;
      if (lent !== undefined) memory.giveBack(lent);
      taken--;
    };
    try {
      const { bytes, kept } = await bring(task.index, lend, task.controller.signal);
      if (lent !== undefined && bytes.buffer !== lent.buffer) {
        memory.giveBack(lent); // it was fetched into, and then came from elsewhere
        lent = undefined;
      }
      coming--;
      task.state = 'here';
      task.saving = true;
      task.arrival.resolve(bytes);
      pump();
      await kept;
      task.saving = false;
      settle(task);
    } catch (error) {
      coming--;
      task.free();
      drop(task);
      task.arrival.reject(error);
      position = sizes.length; // nothing ahead is tried again until somebody asks
    }
  }

  /** After something about a task has ended: what was read, or has been dropped meanwhile, goes. */
  function settle(task: Task): void {
    if (task.state !== 'here' || task.saving || task.readers > 0) return;
    if (tasks.get(task.index) !== task) task.free();
    else if (isDone(task.index)) drop(task);
    if (taken === 0 && sizes.every((_, index) => isDone(index))) memory.clear();
  }

  /** Nobody waits any more: what is on its way is not wanted. */
  function cancelComing(): void {
    if ([...tasks.values()].some(({ readers }) => readers > 0)) return;
    position = sizes.length;
    for (const task of [...tasks.values()].filter(({ state }) => state !== 'here')) {
      task.controller.abort();
      drop(task);
    }
  }

  return {
    async use(index, use, signal) {
      throwIfAborted(signal, where);
      if (end !== undefined) throw end;
      const task = tasks.get(index) ?? add(index);
      task.readers++;
      position = index;
      pump();
      try {
        const bytes = await orAborted(task.arrival.promise, signal, where);
        if (end !== undefined) throw end; // the memory may be another's by now
        return use(bytes);
      } finally {
        task.readers--;
        settle(task);
        if (signal?.aborted) cancelComing();
        pump();
      }
    },
    async [Symbol.asyncDispose]() {
      outer?.removeEventListener('abort', onAbort);
      close(new AlexNetError({ code: 'disposed', message: 'The weights were disposed', where }));
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
