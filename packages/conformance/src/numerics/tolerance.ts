import { type Evaluation, type Node, type NodeOf, type OpName, sizeOf } from '@alexnet/core';

/*
 * How wrong a correct float32 kernel may be, for every op. `want` and `sum |a*b|` come from the float64 oracle.
 *
 *     | got - want |  <=  floor + ulp(want) + budget(K) * sum |a*b|
 *
 *     budget(K) = 2 sqrt(K) u            random data: roundings fall on both sides (tight: catches a dropped term)
 *               = (K+1)u / (1 - (K+1)u)  constant or adversarial data: all roundings may fall on one side (never wrong)
 *     u = 2^-24, half the spacing of float32 at 1.
 *
 * Why not so many ULPs, as WebNN's tests have it, or one rtol: where terms cancel, the error follows the terms, not the sum.
 * Measured, 2000 random dot products per layer, Gaussian weights, two correct kernels (one accumulator | tree of 256):
 *
 *     layer   K      over 2K ULP   largest ULP (limit 2K)    over (K+1)u sum|ab|   largest error / (sqrt(K) u sum|ab|)
 *     conv1   363       4 | 3        5,951 | 10,479  (726)          0 | 0                0.209 | 0.024
 *     conv2   1200      1 | 0        2,560 |  1,223 (2,400)         0 | 0                0.097 | 0.009
 *     conv3   2304      0 | 1        2,230 | 108,605 (4,608)        0 | 0                0.075 | 0.005
 *     conv4   1728      1 | 0       12,001 |  1,068 (3,456)         0 | 0                0.071 | 0.009
 *     fc6     9216      1 | 0       21,609 |  2,096 (18,432)        0 | 0                0.029 | 0.002
 *     fc7     4096      0 | 0        3,830 |  8,057 (8,192)         0 | 0                0.051 | 0.003
 *     constant 1/3, K = 9216, one accumulator: 19 sqrt(K) u sum|ab|, a fifth of (K+1)u sum|ab|
 *
 * Functions such as exp are as accurate as WGSL requires, the loosest standard that a backend computes under:
 * exp(x) to 3 + 2|x| ULP, log2 to 2^-21 in [0.5, 2] and 3 ULP elsewhere, x/y to 2.5 ULP, inverseSqrt to 2 ULP. One ULP is at most 2u.
 */

/** Half the spacing of float32 numbers at 1. */
export const U = 2 ** -24;
/** The smallest normal float32: engines may flush what is smaller to zero. */
export const SMALLEST_NORMAL = 2 ** -126;

/**
 * What the numbers of a test are like, which decides how roundings can add up. `exact`: every order of float32 additions gives the same sum.
 * `subnormal`: numbers below the normal ones are among them, which may be flushed to zero also where nothing else may change.
 */
export type DataKind = 'random' | 'adversarial' | 'exact' | 'subnormal';

/**
 * The error allowed per element; or that there is none: `equal` (but -0 and 0 are the same), `bitwise` (not even that; NaN is NaN).
 */
export type Allowed = Float32Array | 'equal' | 'bitwise';

/** One node as the oracle computed it. */
export interface Judged<N extends Node = Node> {
  readonly node: N;
  /** What the node read, batch first. */
  readonly operand: Float64Array;
  readonly evaluation: Evaluation;
  readonly data: DataKind;
}

type Rules = { readonly [K in OpName]: 'equal' | 'bitwise' | ((judged: Judged<NodeOf<K>>) => Float32Array) };

/** Which budget an op has. */
export const rules: Rules = {
  conv2d: accumulated,
  linear: accumulated,
  adaptiveAvgPool2d: accumulated,
  batchNorm: normalized,
  lrn: locallyNormalized,
  softmax: exponential,
  relu: 'equal',
  maxPool2d: 'equal',
  pad2d: 'bitwise',
  flatten: 'bitwise',
  dropout: 'bitwise',
};

/** The errors that a correct float32 kernel may make on a node. */
export function allowedErrors(judged: Judged): Allowed {
  const rule = rules[judged.node.op] as Allowed | ((judged: Judged) => Float32Array);
  if (typeof rule === 'function') return judged.data === 'exact' ? 'equal' : rule(judged);
  if (judged.data !== 'subnormal') return rule;
  return new Float32Array(judged.evaluation.value.data.length).fill(SMALLEST_NORMAL);
}

/** The relative error of a sum of K terms, in units of the sum of their absolute values. */
export function budget(terms: number, data: DataKind): number {
  if (data === 'random') return 2 * Math.sqrt(terms) * U;
  return ((terms + 1) * U) / (1 - (terms + 1) * U);
}

/** The distance from a value, rounded to float32, to the next float32 away from zero. */
export function ulp(value: number): number {
  bits.setFloat32(0, value);
  const exponent = (bits.getUint32(0) >>> 23) & 0xff;
  return 2 ** (Math.max(exponent, 1) - 150);
}
const bits = new DataView(new ArrayBuffer(4));

/** Sums of products: convolution, linear, and averages (products with 1/n). */
function accumulated({ evaluation, data }: Judged): Float32Array {
  const terms = evaluation.terms!;
  return around(evaluation, evaluation.magnitude!(), budget(terms, data), terms);
}

/**
 * y = (x - mean) * f + bias, f = scale / sqrt(variance + epsilon), or y = x * f + (bias - mean * f).
 * Few roundings, and those of f are the same for a whole channel, so they do not average out: always the worst case.
 * 4 roundings of the sum, and of f: half of one of the addition under the root, a root of 2 + 2.5 ULP, a division of 2.5 ULP.
 */
function normalized({ evaluation }: Judged): Float32Array {
  const roundings = 4 + 15;
  return around(evaluation, evaluation.magnitude!(), budget(roundings, 'adversarial'), roundings);
}

/**
 * y = x * d^-beta, d = bias + alpha/size * S, S the sum of the squares in the window; all terms of d must be positive. Relative errors, in u:
 *     S            size        a square each, size - 1 additions: no cancellation
 *     d            size + 5    alpha, bias stored as float32; alpha/size; its product with S; the addition
 *     d^-beta      beta times that, and of the power itself, computed as exp2(-beta log2 d), with L = |ln d^beta|:
 *                  5.6 beta + 6 L  of log2 (2^-21 ln 2 = 5.6 u);  L  of its product with beta;  6 + 6 L  of exp2
 *     y            5           a division of 2.5 ULP
 * In sum beta (size + 10.6) + 13 L + 11, and 3 for the storing of beta, for products and for terms of second order.
 *
 * Caffe's own kernel, and ONNX Runtime's, slide the window: S of the next channel is S plus one square minus another. Then the roundings
 * of all channels add up, 2 for each, of sums of up to size + 1 squares, at most twice the largest S of the pixel:
 *     r  of d      budget(2 channels) * 2 max S * alpha/size / d
 * r need not be small, so that of d^-beta it makes (1 - r)^-beta - 1. From r = 1 on, a running sum has no digit left and may be negative, and its
 * power NaN: data for LRN must keep r below 1, and those of networks do, by five orders of magnitude.
 */
function locallyNormalized({ node, operand, evaluation, data }: Judged<NodeOf<'lrn'>>): Float32Array {
  const [channels, height, width] = evaluation.value.shape.slice(1) as [number, number, number];
  const { size, alpha, beta } = node;
  const peaks = largestWindowSums(operand, channels, height * width, size);
  const drift = 2 * (alpha / size) * budget(2 * channels, data);
  const steady = (beta * (size + 10.6) + 14) * U;
  const absolute = evaluation.value.data.map((y, i) => {
    if (y === 0) return 0;
    const power = Math.abs(Math.log(operand[i]! / y)); // ln d^beta
    const d = Math.exp(power / beta);
    const pixel = Math.floor(i / (channels * height * width)) * height * width + (i % (height * width));
    const ofSum = Math.min((drift * peaks[pixel]!) / d, 1);
    return Math.abs(y) * (steady + 13 * U * power + Math.expm1(-beta * Math.log1p(-ofSum)));
  });
  return around(evaluation, absolute, 1, size);
}

/** Per pixel, the largest sum of squares of any window of channels. */
function largestWindowSums(x: Float64Array, channels: number, plane: number, size: number): Float64Array {
  const peaks = new Float64Array(x.length / channels);
  for (let pixel = 0; pixel < peaks.length; pixel++) {
    const at = Math.floor(pixel / plane) * channels * plane + (pixel % plane);
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let j = c; j < Math.min(channels, c + size); j++) sum += x[at + j * plane]! ** 2;
      peaks[pixel] = Math.max(peaks[pixel]!, sum);
    }
  }
  return peaks;
}

/**
 * p[i] = e[i] / sum e[j], e[j] = exp(z[j]), z[j] = x[j] - max x. Relative errors, in u:
 *     e[j]         6 + 5 |z[j]|    exp to 3 + 2 |z| ULP, and the rounding of z
 *     sum e[j]     sum over j of p[j] (6 + 5 |z[j]|), and the budget of a sum of K terms
 *     p[i]         5               a division of 2.5 ULP
 */
function exponential({ operand, evaluation, data }: Judged<NodeOf<'softmax'>>): Float32Array {
  const p = evaluation.value.data;
  const classes = sizeOf(evaluation.value.shape.slice(1));
  const absolute = new Float64Array(p.length);
  for (let at = 0; at < p.length; at += classes) {
    const x = operand.subarray(at, at + classes);
    const max = x.reduce((a, b) => Math.max(a, b));
    const ofExp = x.map((value) => (6 + 5 * (max - value)) * U);
    const ofSum = ofExp.reduce((sum, e, i) => sum + times(p[at + i]!, e), 0) + budget(classes, data);
    for (let i = 0; i < classes; i++) absolute[at + i] = times(p[at + i]!, ofExp[i]! + ofSum + 5 * U);
  }
  return around(evaluation, absolute, 1, classes);
}

/** 0 where the probability is 0, also where z is -Infinity. */
function times(probability: number, relative: number): number {
  return probability === 0 ? 0 : probability * relative;
}

/** floor + ulp(want) + factor * magnitude. Each of the terms may be flushed to zero when it is below the normal numbers. */
export function around({ value }: Evaluation, magnitude: Float64Array, factor: number, terms: number): Float32Array {
  const floor = (terms + 1) * SMALLEST_NORMAL;
  const allowed = new Float32Array(magnitude.length);
  for (let i = 0; i < allowed.length; i++) allowed[i] = floor + ulp(value.data[i]!) + factor * magnitude[i]!;
  return allowed;
}
