import { sizeOf } from '../../../tensor.ts';
import { storeWeight } from '../../stored/store.ts';
import type { ParameterFacts, WeightSource } from '../../weight-source.ts';
import { linear, weights } from './small-network.ts';

/** The weights, read from a source. Linear weights are stored in a precision. */
export function sourceOf(precision: 'f32' | 'q4'): WeightSource {
  const precisionOf = (name: string) => (linear.includes(name) ? precision : 'f32');
  const parameters = new Map(
    [...weights].map(([name, { shape }]): [string, ParameterFacts] => [name, { shape, precision: precisionOf(name) }]),
  );
  return {
    parameters,
    read: async (name, { rows } = {}) => {
      const { shape, data } = weights.get(name)!;
      const [from, to] = rows ?? [0, shape[0]!];
      const size = sizeOf(shape.slice(1));
      const piece = { shape: [to - from, ...shape.slice(1)], data: data.slice(from * size, to * size) };
      return precisionOf(name) === 'q4' ? storeWeight(piece, 'q4') : { precision: 'f32', ...piece };
    },
  };
}
