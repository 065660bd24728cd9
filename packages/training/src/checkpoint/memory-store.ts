import { AlexNetError, concatBytes } from '@alexnet/core';
import type { CheckpointStore } from './store.ts';

/** Keeps checkpoints in memory: for tests, and trainings that need not outlive their page. */
export function memoryStore(): CheckpointStore {
  const files = new Map<string, Uint8Array>();
  return {
    list: async () => [...files.keys()],
    async read(name) {
      const bytes = files.get(name);
      if (bytes !== undefined) return bytes;
      throw new AlexNetError({ code: 'invalid-file', message: `There is no ${name}`, where: 'checkpoints' });
    },
    write: async (name, chunks) => void files.set(name, concatBytes(chunks)),
    remove: async (name) => void files.delete(name),
  };
}
