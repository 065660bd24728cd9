import { looseExp, looseQuotient } from './functions.ts';
import { type LayerKernel, layerKernel } from './layer-kernel.ts';

const { fround } = Math;

/** exp of a number that is at most 0, of class `i`. */
type Exp = (x: number, i: number) => number;
type Sum = (e: Float32Array) => number;

const exact: Exp = (x) => fround(Math.exp(x));
const flushing: Exp = (x) => (Math.exp(x) < 2 ** -126 ? 0 : fround(Math.exp(x)));
/** exp2(x log2 e), with the product rounded. */
const byPowersOfTwo: Exp = (x) => fround(2 ** fround(x * fround(Math.LOG2E)));

const forwards: Sum = (e) => e.reduce((a, b) => fround(a + b));
const backwards: Sum = (e) => e.reduceRight((a, b) => fround(a + b));
const eightLanes: Sum = (e) => {
  const lanes = new Float32Array(8);
  for (let i = 0; i < e.length; i++) lanes[i % 8]! += e[i]!;
  return forwards(lanes);
};

interface Ways {
  readonly exp?: Exp;
  readonly sum?: Sum;
  readonly divide?: (x: number, y: number) => number;
}

const softmax = ({ exp = exact, sum = forwards, divide = (x, y) => x / y }: Ways): LayerKernel =>
  rowByRow((x) => {
    const max = x.reduce((a, b) => Math.max(a, b));
    const e = x.map((value, i) => exp(fround(value - max), i));
    const total = sum(e);
    return e.map((value) => divide(value, total));
  });

/** One pass over blocks finds the maximum and the sum: whenever the maximum grows, the sum so far shrinks. */
const online = (block: number, exp: Exp = exact): LayerKernel =>
  rowByRow((x) => {
    let max = Number.NEGATIVE_INFINITY;
    let sum = 0;
    for (let at = 0; at < x.length; at += block) {
      const part = x.subarray(at, at + block);
      const next = part.reduce((a, b) => Math.max(a, b), max);
      if (next === Number.NEGATIVE_INFINITY) continue; // masked so far: there is nothing to subtract yet
      const kept = sum === 0 ? 0 : fround(sum * exp(fround(max - next), at));
      sum = part.reduce((total, value, i) => fround(total + exp(fround(value - next), at + i)), kept);
      max = next;
    }
    return x.map((value, i) => exp(fround(value - max), i) / sum);
  });

function rowByRow(compute: (x: Float32Array) => Float32Array): LayerKernel {
  return layerKernel('softmax', ({ input, batch }) => {
    const classes = input.shape[0]!;
    const y = new Float32Array(batch * classes);
    for (let at = 0; at < y.length; at += classes)
      y.set(compute(Float32Array.from(input.data.subarray(at, at + classes))), at);
    return y;
  });
}

export const softmaxKernels: Readonly<Record<string, LayerKernel>> = {
  'softmax, one accumulator': softmax({}),
  'softmax, from the last class to the first': softmax({ sum: backwards }),
  'softmax, eight lanes': softmax({ sum: eightLanes }),
  'softmax, times a reciprocal': softmax({ divide: (x, y) => x * fround(1 / y) }),
  'softmax, powers of two': softmax({ exp: byPowersOfTwo }),
  'softmax, one pass': online(1),
  'softmax, one pass over blocks of 32': online(32),
  'softmax, the loosest exp that WGSL allows': softmax({ exp: (x) => looseExp(x, 1) }),
  'softmax, the loosest exp and division that WGSL allows, each class to another side': softmax({
    exp: (x, i) => looseExp(x, i % 2 === 0 ? 1 : -1),
    divide: (x, y) => looseQuotient(x, y, 1),
  }),
  'softmax, subnormal numbers flushed': softmax({ exp: flushing }),
};
