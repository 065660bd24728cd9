import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ChoiceStore } from '@alexnet/core';
import { cacheKey, defaultCacheFolder, fileCache } from '@alexnet/core/files';

/**
 * Examinations that were made before, in files of some 10 kB under the hash of their key. Default folder: `choices` in the cache folder that this
 * platform's users have. Errors: those of `fileCache`, which cost no choice.
 */
export function choiceFiles(folder = join(defaultCacheFolder(), 'choices')): ChoiceStore {
  const files = fileCache(folder);
  const nameOf = (key: string) => cacheKey(createHash('sha256').update(key).digest('hex'));
  return {
    async get(key) {
      const bytes = await files.get(nameOf(key));
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    },
    set: (key, value) => files.put(nameOf(key), new TextEncoder().encode(value)),
  };
}
