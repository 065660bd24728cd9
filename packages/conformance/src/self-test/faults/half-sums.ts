import { toFloat16 } from '../float16.ts';
import { type Dot, kernel } from '../kernels/float32-kernels.ts';
import type { Row } from './fault.ts';

/* Accumulators in half precision, in four orders that kernels have. */

const product = (a: number, b: number) => toFloat16(a * b);
const chain = (a: Float32Array, b: Float32Array, sum: number, from: number, to: number) => {
  for (let i = from; i < Math.min(to, a.length); i++) sum = toFloat16(sum + product(a[i]!, b[i]!));
  return sum;
};
const inSteps =
  (size: number): Dot =>
  (a, b, bias) => {
    let sum = toFloat16(bias);
    for (let i = 0; i < a.length; i += size) sum = toFloat16(sum + chain(a, b, 0, i, i + size));
    return sum;
  };
const tree: Dot = (a, b, bias) => {
  const lanes = new Float32Array(256);
  for (let i = 0; i < a.length; i++) lanes[i % 256] = toFloat16(lanes[i % 256]! + product(a[i]!, b[i]!));
  for (let half = 128; half > 0; half >>= 1)
    for (let lane = 0; lane < half; lane++) lanes[lane] = toFloat16(lanes[lane]! + lanes[lane + half]!);
  return toFloat16(lanes[0]! + bias);
};

const orders: readonly { readonly id: string; readonly name: string; readonly dot: Dot }[] = [
  {
    id: 'one-after-the-other',
    name: 'one after the other',
    dot: (a, b, bias) => chain(a, b, toFloat16(bias), 0, a.length),
  },
  { id: 'vec4', name: 'in vectors of 4', dot: inSteps(4) },
  { id: 'tiles-of-16', name: 'in tiles of 16', dot: inSteps(16) },
  { id: 'tree-of-256', name: 'in a tree of 256 lanes', dot: tree },
];

/** One fault per order, each found on the data that lose most in it. */
export const halfSums = <K extends 'conv2d' | 'linear'>(caughtBy: string): readonly Row<K>[] =>
  orders.map(({ id, name, dot }) => ({
    id: `sums-in-half-${id}`,
    name: `sums are kept in half precision, ${name}`,
    caughtBy,
    cause: 'sums-in-half',
    change: kernel(dot).node!,
  }));
