import { AlexNetError, type ByteSource } from '@alexnet/core';
import type { OpenContext } from '../checkpoint-file.ts';
import { damaged } from '../damaged.ts';
import type { ByteRange } from '../wire.ts';
import type { ExternalRange } from './external-range.ts';

/** A file beside the model, and the part of it that a tensor has. */
export interface Located {
  readonly source: ByteSource;
  readonly range: ByteRange;
}

/** Finds external data; each file is opened once. */
export type Locate = (external: ExternalRange, where: string) => Promise<Located>;

/**
 * Finds the files beside a model through the caller's `sibling`.
 * Errors: `invalid-input` for a file that is missing, `invalid-file` for a part that lies outside of it.
 */
export function externalFiles({ sibling }: OpenContext): Locate {
  const files = new Map<string, Promise<ByteSource | undefined>>();
  return async ({ file, offset, length }, where) => {
    const opened = files.get(file) ?? Promise.resolve(sibling?.(file));
    files.set(file, opened);
    const source = await opened;
    if (source === undefined) {
      throw new AlexNetError({
        code: 'invalid-input',
        message: `The values are in the file ${file}, which is not there`,
        where,
        fix: `Put ${file} beside the model.`,
      });
    }
    const end = length === undefined ? source.size : offset + length;
    if (offset > source.size || end > source.size) {
      throw damaged(`The range ${offset} to ${end} lies outside of ${file}, which has ${source.size} bytes`, where);
    }
    return { source, range: { offset, length: end - offset } };
  };
}
