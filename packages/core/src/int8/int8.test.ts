import { describe, expect, it } from 'vitest';
import { buildGraph } from '../graph/builder.ts';
import type { NodeOf } from '../graph/graph.ts';
import { referenceProvider } from '../oracle/reference-backend.ts';
import type { Tensor, Weights } from '../tensor.ts';
import { createVariant } from '../variants/index.ts';
import { seededWeights } from '../weights/seeded.ts';
import { calibrate } from './calibrate.ts';
import { quantisationsOf } from './calibration.ts';
import { evaluateInt8 } from './evaluate-int8.ts';
import { int8Layer } from './layer.ts';
import { int8Network } from './network.ts';
import { quantisedPlaces } from './places.ts';
import { fromSteps, quantisationOf, toSteps } from './quantisation.ts';

const tensor = (shape: readonly number[], data: readonly number[]): Tensor => ({
  shape,
  data: Float32Array.from(data),
});

describe('a quantisation', () => {
  it.each([
    { why: 'both signs', low: -1, high: 1.55, want: { scale: Math.fround(0.01), zeroPoint: 100 } },
    { why: 'positive values: widened to zero', low: 3, high: 255, want: { scale: 1, zeroPoint: 0 } },
    { why: 'negative values: widened to zero', low: -255, high: -3, want: { scale: 1, zeroPoint: 255 } },
    { why: 'nothing but zeros', low: 0, high: 0, want: { scale: 1, zeroPoint: 0 } },
  ])('holds $why', ({ low, high, want }) => {
    expect(quantisationOf(low, high)).toEqual(want);
  });

  it('rounds ties to even, cuts off what is outside, and holds zero exactly', () => {
    const data = Float64Array.of(0, 0.25, 0.75, -0.25, -99, 199, Number.NaN);
    const quantisation = { scale: 0.5, zeroPoint: 10 };
    toSteps(data, quantisation);
    expect([...data].map((step) => step + 0)).toEqual([0, 0, 2, 0, -10, 245, 0]);
    fromSteps(data, quantisation);
    expect([...data].slice(4, 6)).toEqual([-5, 122.5]);
  });
});

describe('the places where int8 quantises', () => {
  it.each([
    {
      why: 'BVLC AlexNet: what layers read, and what convolutions compute, after ReLU',
      graph: createVariant('bvlc-alexnet', { width: 1 / 16 }).graph,
      want: 'input relu1 norm1 relu2 norm2 relu3 relu4 relu5 relu6 relu7',
    },
    {
      why: 'pooling, padding, flattening and averaging of single values only move',
      graph: buildGraph('g', { name: 'x', shape: [2, 6, 6] })
        .conv2d('c', 3, 3)
        .pad2d('p', 1)
        .maxPool2d('m', 2, { stride: 2 })
        .adaptiveAvgPool2d('same', [3, 3])
        .flatten('f')
        .linear('fc', 4)
        .build(),
      want: 'x c',
    },
    {
      why: 'averaging computes',
      graph: buildGraph('g', { name: 'x', shape: [2, 6, 6] })
        .adaptiveAvgPool2d('a', [2, 2])
        .flatten('f')
        .linear('fc', 4)
        .build(),
      want: 'a',
    },
  ])('$why', ({ graph, want }) => {
    expect([...quantisedPlaces(graph)].sort()).toEqual(want.split(' ').sort());
  });

  it('do not depend on what a run returns', () => {
    const { graph } = createVariant('bvlc-alexnet', { width: 1 / 16 });
    expect(quantisedPlaces({ ...graph, outputs: ['conv1', 'prob'] })).toEqual(quantisedPlaces(graph));
  });
});

describe('a layer in whole numbers', () => {
  const node: NodeOf<'linear'> = { op: 'linear', name: 'fc', inputs: ['x'], weight: 'w', bias: 'b' };

  it('has a scale per output, and a bias in units of the products', () => {
    const weights: Weights = new Map([
      ['w', tensor([2, 2], [127, -63.5, 0.5, 0.25])],
      ['b', tensor([2], [3, -1])],
    ]);
    const { weight, scales, bias } = int8Layer(node, weights, 0.5);
    expect([...weight]).toEqual([127, -64, 127, 64]); // ties to even
    expect([...scales]).toEqual([1, Math.fround(0.5 / 127)]);
    expect([...bias]).toEqual([6, -508]);
  });

  it('keeps the bias of an output without weights', () => {
    const weights: Weights = new Map([
      ['w', tensor([2, 1], [0, 0])],
      ['b', tensor([2], [5, 0])],
    ]);
    const { weight, scales, bias } = int8Layer(node, weights, 0.25);
    expect([...weight]).toEqual([0, 0]);
    expect(bias[0]! * scales[0]! * 0.25).toBeCloseTo(5, 6);
    expect(bias[1]).toBe(0);
  });

  it.each([
    { why: 'NaN', w: [Number.NaN, 1], code: 'invalid-weights' },
    { why: 'more terms than 32 bits hold', w: Array.from({ length: 2 ** 15 + 1 }, () => 0), code: 'unsupported' },
  ])('is refused for $why', ({ w, code }) => {
    const weights: Weights = new Map([
      ['w', tensor([1, w.length], w)],
      ['b', tensor([1], [0])],
    ]);
    expect(() => int8Layer(node, weights, 1)).toThrow(expect.objectContaining({ code }));
  });
});

describe('the oracle of int8', () => {
  const graph = buildGraph('g', { name: 'x', shape: [2] })
    .linear('fc', 1)
    .relu('r')
    .linear('y', 1)
    .build();
  const weights: Weights = new Map([
    ['fc.weight', tensor([1, 2], [1, -0.5])],
    ['fc.bias', tensor([1], [0.25])],
    ['y.weight', tensor([1, 1], [2])],
    ['y.bias', tensor([1], [0])],
  ]);
  const calibration = { values: { x: { scale: 0.5, zeroPoint: 128 }, r: { scale: 0.125, zeroPoint: 0 } } };

  it('is the formula, worked by hand', () => {
    // x in steps of 0.5: 3 and -2; weights in steps of 1/127: 127 and -64; bias 0.25 / (0.5 / 127) = 63.5, to even 64
    // (3 * 127 + 2 * 64 + 64) * 0.5 / 127 = 2.2559; in steps of 0.125: 18; times 127 steps of 2 / 127: 4.5
    const x = { x: tensor([1, 2], [1.6, -0.8]) };
    const values = evaluateInt8(graph, weights, x, calibration, { outputs: ['x', 'fc', 'r', 'y'] });
    expect([...values.get('x')!.data]).toEqual([1.5, -1]);
    expect(values.get('fc')!.data[0]).toBeCloseTo(2.2559055, 6);
    expect([...values.get('r')!.data]).toEqual([2.25]);
    expect(values.get('y')!.data[0]).toBeCloseTo(4.5, 6);
  });

  it('reads values that it is given, and returns those that it computes', () => {
    const x = { x: tensor([1, 2], [1.6, -0.8]) };
    const options = { outputs: ['r', 'y'], given: { r: tensor([1, 1], [1]) } };
    const values = evaluateInt8(graph, weights, x, calibration, options);
    expect(values.get('r')!.data[0]).toBe(2.25);
    expect(values.get('y')!.data[0]).toBeCloseTo(2, 6);
  });

  it.each([
    { why: 'a value that is missing', values: { x: calibration.values.x } },
    { why: 'a scale of nothing', values: { ...calibration.values, r: { scale: 0, zeroPoint: 0 } } },
    { why: 'a scale that is not float32', values: { ...calibration.values, r: { scale: 0.1, zeroPoint: 0 } } },
    { why: 'a zero point beyond 8 bits', values: { ...calibration.values, x: { scale: 1, zeroPoint: 256 } } },
    { why: 'a ReLU below zero', values: { ...calibration.values, r: { scale: 1, zeroPoint: 3 } } },
  ])('refuses a calibration with $why', ({ values }) => {
    const run = () => evaluateInt8(graph, weights, { x: tensor([1, 2], [1, 2]) }, { values });
    expect(run).toThrow(expect.objectContaining({ code: 'invalid-input', where: 'calibration' }));
  });

  it('has no values that batch norm was folded into', () => {
    const normed = buildGraph('g', { name: 'x', shape: [2, 4, 4] })
      .conv2d('c', 3, 3)
      .batchNorm('b', 1e-3)
      .relu('r')
      .build();
    const itsWeights = seededWeights(normed, 1);
    expect(int8Network(normed, itsWeights).graph.nodes.map(({ name }) => name)).toEqual(['b', 'r']);
    expect(() => int8Network(normed, itsWeights, ['c'])).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});

describe('calibration', () => {
  const graph = buildGraph('g', { name: 'x', shape: [101] })
    .linear('y', 2)
    .build();
  const weights = seededWeights(graph, 1);
  const sample = (last: number) => ({ x: tensor([1, 101], [...Array.from({ length: 100 }, (_, i) => i - 49), last]) });

  it.each([
    { why: 'the largest values of all samples', share: 1, low: -49, high: 500 },
    { why: 'the largest but one in a hundred', share: 0.99, low: -48, high: 50 },
  ])('takes $why', async ({ share, low, high }) => {
    const backend = await referenceProvider().create();
    const { values } = await calibrate({ backend, graph, weights, samples: [sample(50), sample(500)], share });
    expect(values['x']).toEqual(quantisationOf(low, high));
    expect(quantisationsOf(graph, { values }).get('x')).toEqual(values['x']);
  });

  it.each([
    { why: 'no sample', samples: [], share: 1 },
    { why: 'a share beyond all', samples: [sample(0)], share: 1.5 },
    { why: 'a sample that is not finite', samples: [sample(Number.POSITIVE_INFINITY)], share: 0.9 },
  ])('refuses $why', async ({ samples, share }) => {
    const backend = await referenceProvider().create();
    await expect(calibrate({ backend, graph, weights, samples, share })).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });
});
