import type { OpName, Pads, Pair, Precision } from '@alexnet/core';
import * as fc from 'fast-check';
import type { DataSetName } from '../data/data.ts';
import type { RandomCaseOf } from './random-case.ts';

/*
 * Random shapes and attributes that a backend must accept, for every op. Extents are small, and often next to a multiple of 4, 8, 16 or 32,
 * where vectors and tiles end. What shrinks, shrinks to ones.
 */

type Generators = { readonly [K in OpName]: fc.Arbitrary<RandomCaseOf<K>> };

/** Whole numbers from 1 on; small ones are simpler. */
const upTo = (max: number) => fc.integer({ min: 1, max });

/** Extents where vectors and tiles end, and others. */
const extent = (max: number) =>
  fc.oneof(
    { weight: 3, arbitrary: upTo(Math.min(max, 9)) },
    { weight: 1, arbitrary: upTo(max) },
    { weight: 1, arbitrary: fc.constantFrom(...[3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33].filter((n) => n <= max)) },
  );

const pair = (max: number): fc.Arbitrary<Pair> => fc.tuple(upTo(max), upTo(max));
const pads = (max: number): fc.Arbitrary<Pads> => {
  const side = fc.nat(max);
  return fc.record({ top: side, left: side, bottom: side, right: side });
};

/** Data that suit sums of products. */
export const summable = fc.constantFrom<DataSetName>('random', 'negative', 'large', 'zeros', 'thirds');

/** Data that are moved, not changed: every bit counts. */
const movable = fc.constantFrom<DataSetName>('random', 'negative', 'zeros', 'signed');

export const randomConvolution: Generators['conv2d'] = fc
  .record({
    batch: upTo(3),
    groups: upTo(3),
    perGroup: extent(17),
    outPerGroup: extent(17),
    kernel: pair(5),
    extra: fc.tuple(fc.nat(7), fc.nat(7)),
    stride: pair(4),
    pads: pads(3),
    bias: fc.boolean(),
    relu: fc.boolean(),
    data: summable,
  })
  .map(({ batch, groups, perGroup, outPerGroup, kernel: [kh, kw], extra, stride, pads: sides, ...rest }) => ({
    op: 'conv2d',
    input: [batch, groups * perGroup, kh + extra[0], kw + extra[1]],
    weight: [groups * outPerGroup, perGroup, kh, kw],
    attributes: { stride, pads: sides, groups },
    ...rest,
  }));

/** Linear layers with weights stored in a precision. */
export function randomLinear(
  precision: fc.Arbitrary<Precision> = fc.constant('f32'),
  data: fc.Arbitrary<DataSetName> = summable,
): Generators['linear'] {
  const longest = fc.oneof(
    { weight: 5, arbitrary: extent(40) },
    { weight: 1, arbitrary: fc.integer({ min: 41, max: 5000 }) },
  );
  return fc
    .record({
      batch: extent(40),
      features: longest,
      out: extent(33),
      bias: fc.boolean(),
      relu: fc.boolean(),
      data,
      precision,
    })
    .map(({ batch, features, out, ...rest }) => ({
      op: 'linear',
      input: [batch, features],
      weight: [out, features],
      attributes: {},
      ...rest,
    }));
}

/** A value with many or few elements, flat or an image. */
const shape = fc.oneof(fc.tuple(upTo(4), extent(67)), fc.tuple(upTo(3), extent(19), extent(9), extent(9)));
const image = fc.tuple(upTo(3), extent(19), extent(13), extent(13));

/** LRN constants of the range that networks use. */
const constant = (min: number, max: number) => fc.integer({ min: min * 64, max: max * 64 }).map((n) => n / 64);

const randomLrn: Generators['lrn'] = fc
  .record({
    input: fc.tuple(upTo(3), extent(40), upTo(6), upTo(6)),
    attributes: fc.record({ size: upTo(9), alpha: constant(0, 2), beta: constant(0.25, 1.25), bias: constant(0.5, 3) }),
    data: fc.constantFrom<DataSetName>('random', 'negative', 'zeros', 'large'),
  })
  // a sum of the largest squares, slid along the channels, must not outweigh the smallest divisor
  .map(({ attributes, data, ...drawn }) => ({
    op: 'lrn',
    ...drawn,
    attributes: data === 'large' ? { ...attributes, alpha: attributes.alpha / 2048 } : attributes,
    data,
  }));

const maxPoolOf = (...dataNames: readonly DataSetName[]): Generators['maxPool2d'] =>
  fc
    .record({
      batch: upTo(3),
      channels: extent(19),
      kernel: pair(5),
      extra: fc.tuple(fc.nat(8), fc.nat(8)),
      stride: pair(4),
      sides: pads(4),
      ceilMode: fc.boolean(),
      data: fc.constantFrom(...dataNames),
    })
    .map(({ batch, channels, kernel: [kh, kw], extra, stride, sides, ceilMode, data }) => ({
      op: 'maxPool2d',
      input: [batch, channels, kh + extra[0], kw + extra[1]],
      attributes: {
        kernel: [kh, kw],
        stride,
        ceilMode,
        // a window must reach into the image
        pads: { top: sides.top % kh, left: sides.left % kw, bottom: sides.bottom % kh, right: sides.right % kw },
      },
      data,
    }));

/** Padding must lose against the lowest float32 too: apart, since engines that start from a number of their own have only this wrong. */
export const randomLowestMaxPool = maxPoolOf('lowest');

/** A random case of every op, in f32. */
export const randomCases: Generators = {
  conv2d: randomConvolution,
  linear: randomLinear(),
  relu: fc
    .record({ input: shape, data: fc.constantFrom<DataSetName>('random', 'negative', 'large', 'zeros') })
    .map((drawn) => ({ op: 'relu', attributes: {}, ...drawn })),
  lrn: randomLrn,
  maxPool2d: maxPoolOf('random', 'negative'),
  adaptiveAvgPool2d: fc
    .record({
      input: image,
      output: fc.oneof({ weight: 1, arbitrary: fc.constant([1, 1] as const) }, { weight: 3, arbitrary: pair(15) }),
      data: summable,
    })
    .map(({ output, ...drawn }) => ({ op: 'adaptiveAvgPool2d', attributes: { output }, ...drawn })),
  batchNorm: fc
    .record({
      input: shape,
      epsilon: fc.constantFrom(1e-5, 1e-3, 0.5),
      data: fc.constantFrom('random', 'tinyVariance'),
    })
    .map(({ epsilon, ...drawn }) => ({ op: 'batchNorm', attributes: { epsilon }, ...drawn })),
  pad2d: fc
    .record({ input: image, pads: pads(4), data: movable })
    .map(({ pads: sides, ...drawn }) => ({ op: 'pad2d', attributes: { pads: sides }, ...drawn })),
  flatten: fc.record({ input: shape, data: movable }).map((drawn) => ({ op: 'flatten', attributes: {}, ...drawn })),
  dropout: fc
    .record({ input: shape, rate: fc.constantFrom(0, 0.3, 0.5), data: movable })
    .map(({ rate, ...drawn }) => ({ op: 'dropout', attributes: { rate }, ...drawn })),
  softmax: fc
    .record({
      input: fc.tuple(upTo(4), extent(130)),
      data: fc.constantFrom('random', 'wide', 'large', 'zeros', 'thirds'),
    })
    .map((drawn) => ({ op: 'softmax', attributes: {}, ...drawn })),
};
