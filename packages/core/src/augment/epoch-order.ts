import { philoxStream } from '../weights/philox.ts';
import { checkSample } from './check.ts';
import { below } from './random.ts';

/** Keeps these random numbers apart from all others: "epoc". */
const ORDER = 0x65706f63;

/**
 * The numbers 0 to count - 1 in random order (Fisher and Yates): the same seed and epoch, the same order, in every engine.
 * Epochs share no random numbers. Errors: `invalid-input`.
 */
export function epochOrder(
  count: number,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): Uint32Array {
  checkSample({ seed, epoch, index: count });
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const words = philoxStream([0, 0, epoch, 0], [seed, ORDER], count);
  for (let i = count - 1; i > 0; i--) {
    const j = below(words[i]!, i + 1);
    const value = order[i]!;
    order[i] = order[j]!;
    order[j] = value;
  }
  return order;
}
