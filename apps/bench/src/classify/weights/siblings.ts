import type { ByteSource } from '@alexnet/core';
import { blobSource } from '@alexnet/core/files';
import { folderOf, type GivenFile } from './given-file.ts';

/**
 * Finds what a weight file names, among the files that were given and nowhere else: where it says, or by its name alone where
 * files were given without their folders.
 */
export function siblingsOf(
  main: GivenFile,
  all: readonly GivenFile[],
): (path: string) => Promise<ByteSource | undefined> {
  const others = all.filter((given) => given !== main);
  return async (path) => {
    const wanted = folderOf(main.path) + path.replace(/^\.\//, '');
    const name = path.slice(folderOf(path).length);
    const found = others.find((given) => given.path === wanted) ?? others.find(({ file }) => file.name === name);
    return found && blobSource(found.file, path);
  };
}
