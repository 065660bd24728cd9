import { fnv1a } from '../weights/fnv1a.ts';
import { philoxStream } from '../weights/philox.ts';

export interface DropoutMaskOptions {
  readonly seed: number;
  /** Which step of the training: each has its own mask. */
  readonly step: number;
  /** The mask's name: each dropout layer has its own. */
  readonly name: string;
  /** Number of values. */
  readonly size: number;
  /** Probability of 0; 0 <= rate < 1. */
  readonly rate: number;
}

/**
 * An inverted dropout mask (Srivastava et al. 2014): 0 with probability `rate`, else 1 / (1 - rate). Counter-based: value i is made from
 * word i mod 4 of the Philox block (floor(i / 4), step) under the key (seed, name), so every backend and every resumed run gets the same.
 */
export function dropoutMask({ seed, step, name, size, rate }: DropoutMaskOptions): Float32Array<ArrayBuffer> {
  const words = philoxStream([0, 0, step >>> 0, Math.floor(step / 2 ** 32)], [seed >>> 0, fnv1a(name)], size);
  const mask = new Float32Array(words.buffer, 0, size); // in place: each word becomes its value
  const kept = 1 / (1 - rate);
  const dropped = rate * 2 ** 32;
  for (let i = 0; i < size; i++) mask[i] = words[i]! < dropped ? 0 : kept;
  return mask;
}
