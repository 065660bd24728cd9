import { dirname, join } from 'node:path';
import { type FileSource, fileSource } from '@alexnet/core/files';

/** The files beside a checkpoint that it names. Dispose of it to close them. */
export interface Siblings extends AsyncDisposable {
  /** By path relative to the checkpoint; undefined when there is none. */
  readonly sibling: (name: string) => Promise<FileSource | undefined>;
}

export function siblingsOf(path: string): Siblings {
  const open: FileSource[] = [];
  return {
    async sibling(name) {
      const source = await fileSource(join(dirname(path), name)).catch(() => undefined);
      if (source !== undefined) open.push(source);
      return source;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(open.splice(0).map((source) => source[Symbol.asyncDispose]()));
    },
  };
}
