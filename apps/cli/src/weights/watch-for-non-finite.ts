import { countNonFinite, type StoredWeight, type WeightSource } from '@alexnet/core';

/** The same weights; `warn` hears, once, of each parameter in which NaN or infinite values are read. Quantised ones cannot hold any. */
export function watchForNonFinite(source: WeightSource, warn: (name: string) => void): WeightSource {
  const warned = new Set<string>();
  const look = (name: string, finite: boolean) => {
    if (finite || warned.has(name)) return;
    warned.add(name);
    warn(name);
  };
  const { readInto } = source;
  return {
    parameters: source.parameters,
    async read(name, options) {
      const stored = await source.read(name, options);
      look(name, allFinite(stored));
      return stored;
    },
    ...(readInto && {
      async readInto(name, target, options) {
        await readInto.call(source, name, target, options);
        look(name, allFinite({ precision: 'f32', shape: [target.length], data: target }));
      },
    }),
  };
}

/** An exponent of ones, which NaN and infinite have in 16 bits. */
const EXPONENT = 0x7c00;

function allFinite(stored: StoredWeight): boolean {
  if (stored.precision === 'f32') return countNonFinite(new Map([['values', stored]])).length === 0;
  return stored.precision !== 'f16' || stored.data.every((bits) => (bits & EXPONENT) !== EXPONENT);
}
