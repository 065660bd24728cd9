import { fnv1a, philoxStream, type Shape, sizeOf, type Tensor } from '@alexnet/core';
import type { Distribution } from './initialiser.ts';
import { inverseNormal } from './normal.ts';

/*
 * Element i of a parameter is made from word i mod 4 of the Philox4x32-10 block with the counter (floor(i / 4), 0, "init", 0) under
 * the key (seed, FNV-1a of the parameter's name): p = (word + 1/2) / 2^32 is where it lies in its distribution. All is computed in
 * float64 from +, -, *, / and rounded once, to float32.
 */

/** Keeps these random numbers apart from those of seeded weights and dropout, which have the same keys: "init". */
const INITIAL = 0x696e6974;
/** 2^32, written out: a power of two must be exact in every engine. */
const TWO_32 = 0x100000000;
/** The standard normal distribution function at -2. */
const BELOW_MINUS_2 = 0.02275013194817921;
/** The deviation of a standard normal distribution that is cut at ±2. */
const DEVIATION_OF_CUT = 0.8796256610342398;

export interface Drawn {
  readonly name: string;
  /** Outputs first, as convolution and linear weights have it. */
  readonly shape: Shape;
  readonly seed: number;
}

export function draw({ name, shape, seed }: Drawn, distribution: Distribution): Tensor {
  const words = philoxStream([0, 0, INITIAL, 0], [seed, fnv1a(name)], sizeOf(shape));
  const data = new Float32Array(words.buffer, 0, words.length); // in place: each word becomes its value
  const value = quantile(distribution, shape);
  for (let i = 0; i < data.length; i++) data[i] = value((words[i]! + 0.5) / TWO_32);
  return { shape, data };
}

/** The value that has the part p of a distribution below it. */
function quantile(distribution: Distribution, [outputs = 1, inputs = 1, ...kernel]: Shape): (p: number) => number {
  const fanIn = inputs * sizeOf(kernel);
  switch (distribution.kind) {
    case 'normal': {
      const { deviation } = distribution;
      return (p) => deviation * inverseNormal(p);
    }
    case 'he-normal': {
      const deviation = Math.fround(Math.sqrt(2 / fanIn)) / DEVIATION_OF_CUT; // rounded: see the top of `normal.ts`
      return (p) => deviation * inverseNormal(BELOW_MINUS_2 + p * (1 - 2 * BELOW_MINUS_2));
    }
    case 'glorot-uniform': {
      const bound = Math.fround(Math.sqrt(6 / (fanIn + outputs * sizeOf(kernel))));
      return (p) => (2 * p - 1) * bound;
    }
  }
}
