import { AlexNetError } from '@alexnet/core';

/** The error about a file that is not what it should be. */
export function damaged(message: string, where: string, offset?: number, cause?: unknown): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message,
    where: offset === undefined ? where : `${where}, byte ${offset}`,
    fix: 'The file is damaged or of another kind: get it again from its source.',
    ...(cause === undefined ? {} : { cause }),
  });
}
