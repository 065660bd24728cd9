import { fma } from './fma.ts';

/*
 * Sums of products in float32, in the orders that engines and hardware have. All are correct, and hardly two agree to the bit.
 */

/** Adds up terms a[i] * b[i] and a bias in float32. */
export type Dot = (a: Float32Array, b: Float32Array, bias: number) => number;

const { fround } = Math;
const SMALLEST_NORMAL = 2 ** -126;

/** One accumulator over the terms from `start` on that are `step` apart and before `end`. */
function accumulate(a: Float32Array, b: Float32Array, from: number, start = 0, step = 1, end = a.length): number {
  let sum = from;
  for (let i = start; i < end; i += step) sum = fround(sum + fround(a[i]! * b[i]!));
  return sum;
}

function backwards(a: Float32Array, b: Float32Array, bias: number): number {
  let sum = bias;
  for (let i = a.length - 1; i >= 0; i--) sum = fround(sum + fround(a[i]! * b[i]!));
  return sum;
}

/** The terms of a dealt out to so many accumulators, as vectors of a processor do, which are then added one by one. */
function lanes(count: number): Dot {
  return (a, b, bias) => {
    let sum = accumulate(a, b, 0, 0, count);
    for (let lane = 1; lane < Math.min(count, a.length); lane++) sum = fround(sum + accumulate(a, b, 0, lane, count));
    return fround(sum + bias);
  };
}

/** So many threads of a workgroup, each with one accumulator; then each adds the one half of all away, until one is left. */
function tree(count: number): Dot {
  return (a, b, bias) => {
    const used = Math.min(count, a.length);
    const sums = new Float32Array(count);
    for (let lane = 0; lane < used; lane++) sums[lane] = accumulate(a, b, 0, lane, count);
    for (let half = count / 2; half >= 1; half /= 2) for (let i = 0; i < half; i++) sums[i]! += sums[i + half]!;
    return fround(sums[0]! + bias);
  };
}

/** Tiles along the sum: each tile on its own, then to the total. */
function tiles(length: number): Dot {
  return (a, b, bias) => {
    let sum = bias;
    for (let at = 0; at < a.length; at += length)
      sum = fround(sum + accumulate(a, b, 0, at, 1, Math.min(at + length, a.length)));
    return sum;
  };
}

/** The sum cut into so many parts of equal length, as kernels do where there are too few outputs; the first begins with the bias. */
function parts(count: number): Dot {
  return (a, b, bias) => {
    const length = Math.ceil(a.length / count);
    let sum = 0;
    for (let part = 0; part < count; part++) {
      const end = Math.min((part + 1) * length, a.length);
      sum = fround(sum + accumulate(a, b, part === 0 ? bias : 0, part * length, 1, end));
    }
    return sum;
  };
}

function pairwise(a: Float32Array, b: Float32Array, from = 0, to = a.length): number {
  if (to - from === 1) return fround(a[from]! * b[from]!);
  const middle = (from + to) >> 1;
  return fround(pairwise(a, b, from, middle) + pairwise(a, b, middle, to));
}

/** Kahan's sum carries what each addition lost to the next. */
function compensated(a: Float32Array, b: Float32Array, bias: number): number {
  let sum = bias;
  let lost = 0;
  for (let i = 0; i < a.length; i++) {
    const term = fround(fround(a[i]! * b[i]!) - lost);
    const next = fround(sum + term);
    lost = fround(fround(next - sum) - term);
    sum = next;
  }
  return sum;
}

function fused(a: Float32Array, b: Float32Array, bias: number): number {
  let sum = bias;
  for (let i = 0; i < a.length; i++) sum = fma(a[i]!, b[i]!, sum);
  return sum;
}

/** Four vectors of eight lanes of fused multiply-adds, added in pairs, as libraries for processors with AVX2 unroll it. */
function fusedLanes(a: Float32Array, b: Float32Array, bias: number): number {
  const sums = new Float32Array(32);
  for (let i = 0; i < a.length; i++) sums[i % 32] = fma(a[i]!, b[i]!, sums[i % 32]!);
  for (let half = 16; half >= 1; half /= 2) for (let i = 0; i < half; i++) sums[i]! += sums[i + half]!;
  return fround(sums[0]! + bias);
}

const flush = (value: number) => (Math.abs(value) < SMALLEST_NORMAL ? 0 : fround(value));

/** Subnormal numbers count as zero, read or written, as WGSL and fast modes of processors allow. */
function flushed(a: Float32Array, b: Float32Array, bias: number): number {
  let sum = flush(bias);
  for (let i = 0; i < a.length; i++) sum = flush(sum + flush(flush(a[i]!) * flush(b[i]!)));
  return sum;
}

/** One wide accumulator, rounded at the end. */
function wide(a: Float32Array, b: Float32Array, bias: number): number {
  let sum = bias;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return fround(sum);
}

export const dots: Readonly<Record<string, Dot>> = {
  'one accumulator, bias first': (a, b, bias) => accumulate(a, b, bias),
  'one accumulator, bias last': (a, b, bias) => fround(accumulate(a, b, 0) + bias),
  'from the last term to the first': backwards,
  'a tree of pairs': (a, b, bias) => fround(pairwise(a, b) + bias),
  'four lanes': lanes(4),
  'eight lanes': lanes(8),
  'sixteen lanes': lanes(16),
  '256 lanes': tree(256),
  'tiles of 4': tiles(4),
  'tiles of 16': tiles(16),
  'tiles of 64': tiles(64),
  'cut into 4 parts': parts(4),
  'fused multiply-add': fused,
  'fused multiply-add, four vectors of 8': fusedLanes,
  'Kahan summation': compensated,
  'subnormal numbers flushed': flushed,
  'one accumulator in float64': wide,
};
