import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AlexNetError, type Preprocessing } from '@alexnet/core';
import { type ImageSet, type PackedSet, packImages } from '@alexnet/image';
import type { Context } from '../commands/command.ts';
import { makeFolder } from '../files.ts';
import { createProgress } from '../terminal/progress.ts';

/** Sets whose pixels take more than this are decoded again in each epoch. */
const MOST_BYTES = 4 * 2 ** 30;

/**
 * A set decoded once, into a file from which each epoch reads pixels, where that is not too large: decoding is most of the work of loading.
 * The set itself where it is, where images keep their size, or where there is no room for them. Errors: `invalid-file`, `missing-dependency`,
 * `aborted`.
 */
export async function packed(
  set: ImageSet,
  { resize }: Preprocessing,
  file: string,
  { output, signal }: Context,
): Promise<ImageSet | PackedSet> {
  if (resize === undefined || 3 * resize.size ** 2 * set.items.length > MOST_BYTES) return set;
  const folder = dirname(file);
  await makeFolder(folder);
  for (const name of await readdir(folder)) if (name.endsWith('.part')) await rm(join(folder, name)); // of a run that was killed
  const progress = createProgress(output.progressStream);
  try {
    return await packImages(set, {
      file,
      resize,
      signal,
      onProgress: ({ done, total }) => progress.update('decoding', done, total),
    });
  } catch (error) {
    if (!(error instanceof AlexNetError && error.where === 'pack')) throw error;
    progress.clear();
    output.note(`${error.message}. Each epoch decodes the images anew.`);
    return set;
  } finally {
    progress.clear();
  }
}
