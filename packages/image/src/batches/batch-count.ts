import { AlexNetError } from '@alexnet/core';

/**
 * How many batches an epoch has. Errors: `invalid-input` for a batch size that is none, no images, and too few for one batch
 * when the last is dropped.
 */
export function batchCount(
  images: number,
  { batchSize, dropLast = false }: { readonly batchSize: number; readonly dropLast?: boolean },
): number {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw invalid(`batchSize must be a whole number from 1, got ${batchSize}`, 'batchSize');
  }
  if (images === 0) throw invalid('The set has no images', 'set');
  const count = dropLast ? Math.floor(images / batchSize) : Math.ceil(images / batchSize);
  if (count > 0) return count;
  throw invalid(`${images} images are not enough for one batch of ${batchSize}`, 'batchSize', 'Make batches smaller.');
}

function invalid(message: string, where: string, fix?: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, where, ...(fix === undefined ? {} : { fix }) });
}
