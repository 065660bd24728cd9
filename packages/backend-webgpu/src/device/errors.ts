import { AlexNetError } from '@alexnet/core';

export function lostError(reason: string, cause?: unknown): AlexNetError {
  return new AlexNetError({
    code: 'device-lost',
    message: `The WebGPU device was lost: ${reason}`,
    fix: 'Compile again: a new device is opened.',
    cause,
  });
}

export function disposedError(what: string): AlexNetError {
  return new AlexNetError({
    code: 'disposed',
    message: `The ${what} was disposed before this call`,
    fix: 'Compile again.',
  });
}

/** What a WebGPU call threw or an error scope caught, as an error that a program can branch on. */
export function deviceError(cause: unknown, where: string): AlexNetError {
  if (cause instanceof AlexNetError) return cause;
  const message = cause instanceof Error || cause instanceof GPUError ? cause.message : String(cause);
  if (
    cause instanceof GPUOutOfMemoryError ||
    cause instanceof RangeError ||
    /out of memory|allocation/i.test(message)
  ) {
    return new AlexNetError({
      code: 'out-of-memory',
      message: `The WebGPU device could not get the memory it needs: ${message}`,
      fix: 'Use a smaller batch, or dispose other programs first.',
      where,
      cause,
    });
  }
  return new AlexNetError({ code: 'backend-failure', message: `WebGPU failed: ${message}`, where, cause });
}
