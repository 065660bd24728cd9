import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { type Resize, throwIfAborted } from '@alexnet/core';
import type { ImageSet } from '../sets/image-set.ts';
import { ahead } from '../workers/ahead.ts';

/** File systems answer many such questions at once. */
const AT_ONCE = 32;

/** SHA-256 of what a pack is made from; another one when an image changes, by size or time, or comes or goes. */
export async function packId(
  { classes, items }: ImageSet,
  resize: Resize | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([resize ?? null, classes]));
  const describe = async ({ path, label }: ImageSet['items'][number]) => {
    throwIfAborted(signal, path);
    const facts = await stat(path).catch(() => undefined);
    return JSON.stringify([path, label, facts?.size, facts?.mtimeMs]);
  };
  for await (const line of ahead(items, describe, AT_ONCE)) hash.update(line);
  return hash.digest('hex');
}
