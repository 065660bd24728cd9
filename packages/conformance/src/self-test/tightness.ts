import { shareOfBudget } from '../numerics/compare.ts';
import { expectCase } from '../ops/expect.ts';
import { toFloat16 } from './float16.ts';
import { type Dot, dots } from './kernels/dots.ts';
import { opCaseOfSoundness } from './soundness-cases.ts';

/*
 * Whether budgets are tight: what share of wrong sums they catch. Small mistakes, made in sums of products of random data.
 */

const { fround } = Math;
const ordinary = dots['one accumulator, bias last']!;

/** One output of a linear layer, computed wrong; `i` is its number. */
type Mistake = (a: Float32Array, b: Float32Array, bias: number, i: number) => number;

/** The sum without one of its terms. */
const without = (a: Float32Array, b: Float32Array, bias: number, term: number) =>
  ordinary(
    a.map((value, k) => (k === term ? 0 : value)),
    b,
    bias,
  );

const rounded =
  (round: (value: number) => number): Mistake =>
  (a, b, bias) =>
    ordinary(a, b.map(round), bias);

/** To 8 significant bits: twice a sum with 2^16 as much rounds the rest away (Veltkamp's splitting). */
export function toBfloat16(value: number): number {
  const scaled = fround(value * (2 ** 16 + 1));
  return fround(scaled - fround(scaled - value));
}

const halfTree: Dot = (a, b, bias) => {
  const sums = new Float64Array(256);
  for (let i = 0; i < a.length; i++) sums[i % 256] = toFloat16(sums[i % 256]! + toFloat16(a[i]! * b[i]!));
  for (let half = 128; half >= 1; half /= 2)
    for (let i = 0; i < half; i++) sums[i] = toFloat16(sums[i]! + sums[i + half]!);
  return toFloat16(sums[0]! + bias);
};

export const smallMistakes = {
  'smallest term dropped': (a, b, bias) => without(a, b, bias, smallest(a, b)),
  'one term dropped': (a, b, bias, i) => without(a, b, bias, nonZero(b, i * 7919)),
  'one operand in half precision': rounded(toFloat16),
  'one operand in bfloat16': rounded(toBfloat16),
  'sums in half precision, a tree of 256': halfTree,
} as const satisfies Record<string, Mistake>;

export interface Tightness {
  readonly mistake: string;
  /** Length of the sums. */
  readonly terms: number;
  /** Shares between 0 and 1: of the outputs, and of the layers, each of `OUTPUTS` outputs. */
  readonly outputs: number;
  readonly layers: number;
}

/** Outputs of a layer: fewer than any layer of AlexNet has. */
export const OUTPUTS = 16;

/** What share of outputs, and of layers with the mistake in every output, is over budget. Deterministic. */
export function measureTightness(options: { readonly terms: number; readonly layers: number }): readonly Tightness[] {
  const { terms, layers } = options;
  const found = new Map(Object.keys(smallMistakes).map((mistake) => [mistake, { outputs: 0, layers: 0 }]));
  for (let number = 0; number < layers; number++) {
    const random = { op: 'linear', input: [1, terms], weight: [OUTPUTS, terms], attributes: {}, bias: true } as const;
    const drawn = { random: { ...random, data: 'random' as const }, data: 'afterReLU' as const, number, seed: terms };
    const { input, weights, want, allowed } = expectCase(opCaseOfSoundness(drawn));
    const [w, bias] = [weights.get('w')!.data, weights.get('b')!.data];
    for (const [mistake, compute] of Object.entries<Mistake>(smallMistakes)) {
      const wrong = Array.from({ length: OUTPUTS }, (_, o) => {
        const got = compute(w.subarray(o * terms, (o + 1) * terms), input.data, bias[o]!, number * OUTPUTS + o);
        return shareOfBudget(got, want.data[o]!, allowed, o) > 1;
      }).filter(Boolean).length;
      const counts = found.get(mistake)!;
      counts.outputs += wrong;
      counts.layers += wrong > 0 ? 1 : 0;
    }
  }
  return [...found].map(([mistake, counts]) => ({
    mistake,
    terms,
    outputs: counts.outputs / (OUTPUTS * layers),
    layers: counts.layers / layers,
  }));
}

/** The first index from `start` on, counted around, at which a value is not zero. */
function nonZero(values: Float32Array, start: number): number {
  const at = Array.from(values, (_, k) => (start + k) % values.length).find((k) => values[k] !== 0);
  return at ?? 0;
}

/** The smallest term that is not zero. */
function smallest(a: Float32Array, b: Float32Array): number {
  let at = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < a.length; k++) {
    const size = Math.abs(a[k]! * b[k]!);
    if (size > 0 && size < least) [at, least] = [k, size];
  }
  return at;
}
