import { AlexNetError } from '@alexnet/core';
import type { Hash } from './hash-file.ts';
import published from './registry.json' with { type: 'json' };

/** A weight file that somebody has published. */
export interface PublishedFile {
  readonly name: string;
  readonly title: string;
  readonly variant: string;
  /** Its name where it was published. */
  readonly file: string;
  readonly url: string;
  /** Undefined where nobody has published it. */
  readonly bytes?: number;
  readonly hash: Hash;
  /** Where the hash was published. */
  readonly published: string;
  readonly licence: string;
}

export const registry = published as readonly PublishedFile[];

/** Errors: `unknown-name`, with the names that there are. */
export function publishedFile(name: string): PublishedFile {
  const found = registry.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  throw new AlexNetError({
    code: 'unknown-name',
    message: `Nothing is published here as ${JSON.stringify(name)}`,
    fix: `Choose from ${registry.map((entry) => entry.name).join(', ')}.`,
  });
}
