import type { BackendSetup } from './setup.ts';

/** fc6 of an AlexNet of full size, 4096 x 9216, the largest weight there is. */
const LARGEST_WEIGHT = 4096 * 9216 * 4;

/** How many bytes of weights one binding holds. */
export function bindingLimit(
  {
    maxStorageBufferBindingSize,
    maxBufferSize,
  }: Pick<GPUSupportedLimits, 'maxStorageBufferBindingSize' | 'maxBufferSize'>,
  { maxBindingBytes = Infinity }: Pick<BackendSetup, 'maxBindingBytes'>,
): number {
  return Math.min(maxBindingBytes, maxStorageBufferBindingSize, maxBufferSize);
}

/** What it means that a binding is smaller than the largest weight, as a hindrance; nothing where it is not. */
export function splitWeights(...facts: Parameters<typeof bindingLimit>): { reason: string; fix: string }[] {
  const limit = bindingLimit(...facts);
  if (limit >= LARGEST_WEIGHT) return [];
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  return [
    {
      reason: `One binding holds ${megabytes(limit)} MB: fc6 of full size, ${megabytes(LARGEST_WEIGHT)} MB in float32, is split into ${Math.ceil(LARGEST_WEIGHT / limit)}.`,
      fix: 'Store weights as f16, q8 or q4, which take a half to an eighth.',
    },
  ];
}
