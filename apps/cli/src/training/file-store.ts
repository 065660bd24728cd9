import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AlexNetError } from '@alexnet/core';
import type { CheckpointStore } from '@alexnet/training';
import { readBytes, reason, writeChunks } from '../files.ts';

/** Checkpoints as files of a folder. Each is written beside its place, brought to the disk, and renamed. Errors: `invalid-file`. */
export function fileStore(folder: string): CheckpointStore {
  return {
    async list() {
      try {
        return await readdir(folder);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw new AlexNetError({ code: 'invalid-file', message: `Cannot open ${folder}: ${reason(cause)}`, cause });
      }
    },
    read: (name) => readBytes(join(folder, name)),
    write: async (name, chunks) => void (await writeChunks(join(folder, name), chunks, { durable: true })),
    remove: (name) => rm(join(folder, name), { force: true }),
  };
}
