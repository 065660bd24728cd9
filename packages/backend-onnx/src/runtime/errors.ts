import { AlexNetError } from '@alexnet/core';

/** What an engine threw, as an error that a program can branch on. The engine's own error is the `cause`. */
export function engineError(cause: unknown, engine: string, where: string): AlexNetError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/bad_alloc|out of memory|failed to allocate|allocation failed|memory access out of bounds/i.test(message)) {
    return new AlexNetError({
      code: 'out-of-memory',
      message: `${engine} could not get the memory it needs: ${message}`,
      fix: 'Use a smaller batch, or dispose other programs first.',
      where,
      cause,
    });
  }
  if (/device.{0,20}lost/i.test(message)) {
    return new AlexNetError({
      code: 'device-lost',
      message: `The device of ${engine} was lost: ${message}`,
      fix: 'Compile again.',
      where,
      cause,
    });
  }
  return new AlexNetError({ code: 'backend-failure', message: `${engine} failed: ${message}`, where, cause });
}

export function disposedError(what: string): AlexNetError {
  return new AlexNetError({
    code: 'disposed',
    message: `The ${what} was disposed before this call`,
    fix: 'Compile again.',
  });
}
