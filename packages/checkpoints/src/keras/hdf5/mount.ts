import { AlexNetError } from '@alexnet/core';
import { damaged } from '../../damaged.ts';
import type { Engine } from './engine.ts';
import { endlessHeap } from './global-heap.ts';
import type { SyncBytes } from './sync-bytes.ts';

/** Where a file is in the library's file system. */
export const MOUNT_PATH = '/file.h5';

/** What may be read in one piece of work. All of a file, and some parts of it several times; more is a loop. */
export interface ReadBudget {
  bytes: number;
  calls: number;
}

export function readBudget({ size }: SyncBytes): ReadBudget {
  return { bytes: 4 * size + 2 ** 26, calls: 2 ** 20 };
}

/** Makes a file without contents of its own, which reads from `bytes`, in the place of the one before. */
export function mount(engine: Engine, bytes: SyncBytes, budget: ReadBudget): void {
  const { FS } = engine.module;
  for (const stream of FS.streams) {
    if (stream !== null && stream !== undefined && stream.fd > 2) FS.close(stream);
  }
  if (FS.analyzePath(MOUNT_PATH).exists) FS.unlink(MOUNT_PATH);
  const node = FS.createFile('/', MOUNT_PATH.slice(1), {}, true, false);
  node.usedBytes = bytes.size;
  node.stream_ops = {
    ...node.stream_ops,
    read(_stream, buffer, offset, length, position) {
      const count = Math.max(0, Math.min(length, bytes.size - position));
      const step = () => {
        budget.calls--;
        if (Math.min(budget.bytes, budget.calls) >= 0) return;
        throw damaged('It leads to the same parts again and again', bytes.name);
      };
      try {
        budget.bytes -= count;
        step();
        const target = buffer.subarray(offset, offset + count);
        bytes.readIntoSync(position, target);
        const heap = endlessHeap(bytes, position, target, step);
        if (heap !== undefined) throw damaged('A collection of strings has no end', bytes.name, heap);
        return count;
      } catch (cause) {
        engine.failure ??= cause instanceof AlexNetError ? cause : unreadable(bytes.name, cause);
        throw new FS.ErrnoError(EIO);
      }
    },
  };
}

function unreadable(name: string, cause: unknown): AlexNetError {
  return new AlexNetError({ code: 'invalid-file', message: 'The file can no longer be read', where: name, cause });
}

/** What the library takes for a disk that cannot be read, so that it comes to an orderly end. */
const EIO = 29;
