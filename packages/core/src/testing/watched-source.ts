import type { Weights } from '../tensor.ts';
import { sourceOfWeights } from '../weights/source-of-weights.ts';
import type { WeightSource } from '../weights/weight-source.ts';

/** A source over weights in memory that does something before each read: counts, fails, aborts. */
export function watchedSource(given: Weights, before: (name: string, reads: number) => void): WeightSource {
  const source = sourceOfWeights(given);
  let reads = 0;
  return {
    ...source,
    async read(name, options) {
      before(name, reads++);
      return source.read(name, options);
    },
  };
}
