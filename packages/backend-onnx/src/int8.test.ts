import { judgeInt8 } from '@alexnet/conformance';
import {
  type Backend,
  buildGraph,
  calibrate,
  createVariant,
  evaluateInt8,
  type Graph,
  referenceProvider,
  type Shape,
  seededWeights,
  sizeOf,
  type Tensor,
} from '@alexnet/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onnxNodeProvider } from './index.ts';

/** Values up to 100 of either sign, that differ from sample to sample. */
const samples = (shape: Shape, seed = 1): Tensor => ({
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((((i + seed) * 7919) % 2003) / 1001.5 - 1) * 100),
});

const small = (): ReturnType<typeof buildGraph> => buildGraph('g', { name: 'input', shape: [6, 15, 13] });

const cases: readonly { readonly why: string; readonly graph: Graph }[] = [
  {
    why: 'BVLC AlexNet, narrow: groups, LRN between, logits in float32',
    graph: createVariant('bvlc-alexnet', { width: 1 / 8, classes: 21 }).graph,
  },
  {
    why: 'torchvision, narrow: pooling after ReLU, average pooling that is the identity',
    graph: createVariant('torchvision', { width: 1 / 8, classes: 21 }).graph,
  },
  {
    why: 'batch norm folded into convolutions',
    graph: createVariant('vipoooool', { width: 1 / 16, classes: 11 }).graph,
  },
  {
    why: 'a convolution without ReLU: values of both signs',
    graph: small()
      .conv2d('c', 10, 3, { stride: [2, 1], pads: { top: 1, left: 0, bottom: 2, right: 3 } })
      .conv2d('y', 4, 2)
      .build(),
  },
  {
    why: 'padding between: with what means 0',
    graph: small()
      .conv2d('c', 8, 3)
      .pad2d('p', { top: 2, left: 1 })
      .maxPool2d('m', 3, { stride: 2 })
      .conv2d('y', 4, 2)
      .build(),
  },
  {
    why: 'average pooling, in float32',
    graph: small().conv2d('c', 8, 3).relu('r').adaptiveAvgPool2d('a', [3, 4]).flatten('f').linear('y', 5).build(),
  },
  {
    why: 'batch norm that cannot be folded',
    graph: small().relu('r').batchNorm('b', 1e-3).conv2d('y', 8, 3, { pads: 1 }).build(),
  },
  {
    why: 'linear layers alone, ReLU between and none',
    graph: buildGraph('g', { name: 'input', shape: [45] })
      .linear('a', 33)
      .relu('r')
      .linear('b', 17)
      .linear('y', 3)
      .build(),
  },
];

describe('int8 on native ONNX Runtime', () => {
  let backend: Backend;
  let reference: Backend;
  beforeAll(async () => {
    backend = await onnxNodeProvider().create({ threads: 2 });
    reference = await referenceProvider().create();
  });
  afterAll(() => backend[Symbol.asyncDispose]());

  it.each(cases)('conforms, layer by layer: $why', async ({ graph }) => {
    const weights = seededWeights(graph, 5);
    const inputs = { input: samples([2, ...graph.inputs[0]!.shape]) };
    const calibration = await calibrate({ backend, graph, weights, samples: [inputs] });
    const verdicts = await judgeInt8({ backend, graph, weights, calibration, inputs });
    expect(verdicts.filter(({ passed }) => !passed)).toEqual([]);
    expect(verdicts.length).toBeGreaterThan(1);
  });

  const { graph } = cases[0]!;
  const weights = seededWeights(graph, 5);
  const input = samples([2, ...graph.inputs[0]!.shape]);

  it('gives the same whatever is asked for besides: inputs, layers before their ReLU, steps that only move', async () => {
    const calibration = await calibrate({ backend, graph, weights, samples: [{ input }] });
    const outputs = ['input', 'conv1', 'relu1', 'norm1', 'pool1', 'dropout6', 'fc8', 'prob'];
    const want = evaluateInt8(graph, weights, { input }, calibration, { outputs });
    for (const asked of [outputs, ...outputs.map((name) => [name])]) {
      await using program = await backend.compile(graph, weights, { precision: 'int8', calibration, outputs: asked });
      const got = await program.run({ input });
      for (const name of asked) {
        const { shape, data } = want.get(name)!;
        expect(got[name]!.shape).toEqual(shape);
        const largest = data.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
        const worst = data.reduce((max, x, i) => Math.max(max, Math.abs(x - got[name]!.data[i]!)), 0);
        expect(worst / largest).toBeLessThan(0.01);
      }
    }
  });

  it('ranks as float32 does, on seeded weights', async () => {
    const calibration = await calibrate({ backend: reference, graph, weights, samples: [{ input }] });
    const outputs = ['fc8'];
    await using exact = await backend.compile(graph, weights, { outputs });
    await using program = await backend.compile(graph, weights, { precision: 'int8', calibration, outputs });
    const [want, got] = await Promise.all([exact.run({ input }), program.run({ input })]);
    const first = (logits: Float32Array) => logits.indexOf(Math.max(...logits));
    for (const sample of [0, 21]) {
      expect(first(got['fc8']!.data.subarray(sample, sample + 21))).toBe(
        first(want['fc8']!.data.subarray(sample, sample + 21)),
      );
    }
    expect(program.memory().hostBytes).toBeLessThan(0.3 * exact.memory().hostBytes);
  });

  it.each([
    { why: 'a calibration of another network', calibration: { values: {} }, code: 'invalid-input' },
    { why: 'no calibration', calibration: undefined, code: 'invalid-input' },
  ])('refuses $why', async ({ calibration, code }) => {
    const options = calibration === undefined ? {} : { calibration };
    await expect(backend.compile(graph, weights, { precision: 'int8', ...options })).rejects.toMatchObject({ code });
  });
});
