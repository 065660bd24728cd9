import type { GradientNodeOf } from '@alexnet/core';
import { around, budget, U } from './tolerance.ts';
import type { JudgedTraining } from './tolerance-training.ts';

/*
 * dx[c] = dy[c] d[c]^-beta - 2 alpha beta / size * x[c] * sum of q[j],  q[j] = dy[j] x[j] d[j]^(-beta-1),  over the j whose window holds c.
 * Relative errors of the powers as of LRN forward (`locallyNormalized`), in u, with L(b) = |ln d^b|:
 *     d^-b         power(b) = b (size + 10.6) + 14 + 13 L(b)     d itself, log2, exp2, a division
 *     q[j]         power(beta + 1) + 2      two products; d^-beta / d, or y / d, as Caffe does, is within it
 *     the sum      budget(size) of the sum of |q[j]|
 *     its factor   8                        2 alpha beta / size: three stored constants, their products, and those with x and the sum
 *     dx           3                        the product dy d^-beta, the subtraction
 *
 * Running sums, Caffe's way, drift: that of squares as forward, r = budget(2 channels) * 2 max S * alpha/size / d relative to d, which makes
 * (1 - r)^-b - 1 of a power; that of q by budget(2 channels) * 2 times the largest sum of |q[j]| of the pixel.
 */

/** The errors that a correct float32 kernel of LRN's gradient may make. */
export function lrnGradient({
  node,
  operands,
  evaluation,
  data,
}: JudgedTraining<GradientNodeOf<'lrnGradient'>>): Float32Array {
  const [channels, height, width] = evaluation.value.shape.slice(1) as [number, number, number];
  const [x, dy] = operands as readonly [Float64Array, Float64Array];
  const { size, alpha, beta, bias } = node;
  const plane = height * width;
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const running = 2 * budget(2 * channels, data);
  const absolute = new Float64Array(x.length);
  for (let pixel = 0; pixel < x.length / channels; pixel++) {
    const at = (c: number) => (Math.floor(pixel / plane) * channels + c) * plane + (pixel % plane);
    const of = <T>(value: (c: number) => T): T[] => Array.from({ length: channels }, (_, c) => value(c));
    const sum = (values: readonly number[], from: number, to: number) =>
      values.slice(Math.max(0, from), to + 1).reduce((a, b) => a + b, 0);

    const squares = of((c) => x[at(c)]! ** 2);
    const windows = of((c) => sum(squares, c - before, c + after));
    const d = windows.map((window) => bias + (alpha / size) * window);
    const drift = running * (alpha / size) * Math.max(...windows);
    const power = (c: number, b: number) =>
      (b * (size + 10.6) + 14 + 13 * Math.abs(Math.log(d[c]!)) * b) * U +
      Math.expm1(-b * Math.log1p(-Math.min(drift / d[c]!, 1)));

    const q = of((c) => Math.abs(dy[at(c)]! * x[at(c)]!) * d[c]! ** (-beta - 1));
    const errors = q.map((value, c) => value * (power(c, beta + 1) + 2 * U));
    const sums = of((c) => sum(q, c - after, c + before));
    const ofRunning = running * Math.max(...sums);
    for (let c = 0; c < channels; c++) {
      const direct = Math.abs(dy[at(c)]!) * d[c]! ** -beta;
      const factor = ((2 * alpha * beta) / size) * Math.abs(x[at(c)]!);
      const ofSum = sum(errors, c - after, c + before) + budget(size, data) * sums[c]! + ofRunning + 8 * U * sums[c]!;
      absolute[at(c)] = direct * (power(c, beta) + U) + factor * ofSum + 2 * U * (direct + factor * sums[c]!);
    }
  }
  return around(evaluation, absolute, 1, size);
}
