import type { Evaluation, OpName } from '@alexnet/core';
import { type Allowed, budget, U } from '../numerics/tolerance.ts';

/*
 * How far the end of a network may be from the oracle's.
 *
 * A dot product of independent terms, added up one after the other in float32, is off by about 0.4 u sum|ab| (root mean square), for any K:
 * the partial sums, each rounded to a relative u/2, grow like sqrt(k). Other orders are better. So one layer adds the relative error
 * noise = u ||sum|ab||| / ||y|| in the 2-norm, 2.5 times what the worst order does. The layers that follow keep relative errors:
 * ReLU, pooling and LRN at most pass them on, and a random linear map scales errors and values alike. The errors of all layers
 * are added up as if they pointed the same way, and SLACK allows for layers that do amplify.
 */

/**
 * Measured on full-size BVLC AlexNet with seeded weights and a photograph, in shares of what is allowed: ONNX Runtime 1/100, one float32
 * accumulator per sum 1/30, fc6 on half-precision inputs 3.5, all results in half precision 8.
 */
export const SLACK = 4;

/** The relative error that an ordinary float32 kernel adds in one layer; of ops that are no sums of products, their budget. 0 where exact. */
export function noiseOf(op: OpName, { value, terms }: Evaluation, allowed: Allowed): number {
  if (typeof allowed === 'string') return 0;
  const relative = norm(allowed) / norm(value.data);
  if (!Number.isFinite(relative)) return 0; // a layer of zeros has nothing to be wrong by
  const sumsProducts = op === 'conv2d' || op === 'linear' || op === 'adaptiveAvgPool2d';
  return sumsProducts ? (relative * U) / budget(terms!, 'random') : relative / SLACK;
}

/** The 2-norm. */
export function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
}
