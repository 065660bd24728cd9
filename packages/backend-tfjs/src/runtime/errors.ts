import { AlexNetError } from '@alexnet/core';

/** What tfjs threw, as an error that a program can branch on. tfjs's own error is the `cause`. */
export function engineError(cause: unknown, engine: string, where: string): AlexNetError {
  if (cause instanceof AlexNetError) return cause;
  const { message = String(cause) } = cause as { readonly message?: string }; // tfjs also throws plain objects
  if (
    /out of memory|memory access out of bounds|allocation failed|Invalid typed array length|greater than WebGL maximum|bad_alloc|OOM when|exceeds.{0,40}(size|limit)/i.test(
      message,
    )
  ) {
    return new AlexNetError({
      code: 'out-of-memory',
      message: `${engine} could not get the memory it needs: ${message}`,
      fix: 'Use a smaller batch, or dispose other programs first.',
      where,
      cause,
    });
  }
  return new AlexNetError({
    code: 'backend-failure',
    message: `${engine} failed: ${message}`,
    fix: 'Compile again; if it fails again, choose another engine.',
    where,
    cause,
  });
}

export function deviceLost(reason: string, engine: string, where: string): AlexNetError {
  return new AlexNetError({
    code: 'device-lost',
    message: `The device of ${engine} is gone: ${reason}`,
    fix: 'Compile again.',
    where,
  });
}

export function disposedError(what: string): AlexNetError {
  return new AlexNetError({
    code: 'disposed',
    message: `The ${what} was disposed before this call`,
    fix: 'Compile again.',
  });
}
