import type { Cause } from './diagnosis.ts';
import type { Subject } from './mistake.ts';
import { type Products, productsAt } from './products.ts';
import { toHalfPrecision } from './rounding.ts';
import { sampleOf } from './sample.ts';

/**
 * Sums in half precision in an order that the catalogue does not have: every result is a half-precision number, most are not the right one
 * rounded to half, and all are off by no more than halves can be, a few roundings of 2^-11 of the sum of the absolute terms.
 */
export function likeHalfSums(subject: Subject, isWrong: (i: number) => boolean): Cause[] {
  const { node, got, want, weights, input } = subject;
  if (node.op !== 'conv2d' && node.op !== 'linear') return [];
  const { wrong } = sampleOf(isWrong, want.data.length, 96);
  if (wrong.length < 4 || !wrong.every((i) => toHalfPrecision(got.data[i]!) === got.data[i]!)) return [];
  const rounded = wrong.filter((i) => toHalfPrecision(want.data[i]!) === got.data[i]!);
  if (rounded.length > wrong.length / 2) return [];
  const absolute = new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.map(Math.abs) }]));
  const magnitude = productsAt({
    ...subject,
    weights: absolute,
    input: { ...input, data: input.data.map(Math.abs) },
  } as Products);
  const within = wrong.filter((i) => Math.abs(got.data[i]! - want.data[i]!) <= 2 ** -4 * magnitude(i));
  if (within.length < wrong.length) return [];
  return [
    {
      id: `${node.op}/sums-in-half`,
      cause:
        'Sums are kept in half precision: every result is a half, and further off than one rounding to half makes it',
      fix: 'Keep the accumulator in float32, also where inputs and weights are half.',
    },
  ];
}
