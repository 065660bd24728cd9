import { AlexNetError } from '@alexnet/core';
import type { Sharp, SharpOptions } from 'sharp';

export type SharpFunction = (input: Uint8Array, options: SharpOptions) => Sharp;

/** Loads sharp when it is first needed: it is native code, which a platform may lack. Errors: `missing-dependency`. */
export async function importSharp(): Promise<SharpFunction> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new AlexNetError({
      code: 'missing-dependency',
      message: 'The package sharp, which decodes images, does not load on this platform',
      fix: 'Install it: npm install sharp',
      cause,
    });
  }
}
