import type { Augmentation, Sample } from './augmentation.ts';
import { fraction, wordsOf } from './random.ts';

type Flip = Extract<Augmentation, { kind: 'flip' }>;

/** Whether step number `at` swaps this sample. */
export function isFlipped({ probability = 0.5, alternating = false }: Flip, sample: Sample, at: number): boolean {
  const second = alternating && sample.epoch % 2 === 1;
  const drawn = second ? { ...sample, epoch: sample.epoch - 1 } : sample;
  const swapped = fraction(wordsOf(drawn, at, 1)[0]!) < probability;
  return second ? !swapped : swapped;
}

/** Swaps left and right of interleaved RGB, in place. */
export function flip(rgb: Float64Array, width: number): void {
  const stride = width * 3;
  for (let row = 0; row < rgb.length; row += stride) {
    for (let left = row, right = row + stride - 3; left < right; left += 3, right -= 3) {
      for (let c = 0; c < 3; c++) {
        const value = rgb[left + c]!;
        rgb[left + c] = rgb[right + c]!;
        rgb[right + c] = value;
      }
    }
  }
}
