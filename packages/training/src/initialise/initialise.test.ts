import { buildGraph, createVariant, type Graph, type Tensor } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { initialWeights } from './initial-weights.ts';
import { type InitialiserId, initialisers } from './initialiser.ts';
import { inverseNormal } from './normal.ts';

/** From Python's statistics.NormalDist, which has the far tail too. */
it.each([
  { why: 'the smallest that a word gives', p: 2 ** -33, z: -6.337957754553789 },
  { why: 'far out', p: 2 ** -20, z: -4.7630010342678135 },
  { why: 'the tail', p: 0.001, z: -3.090232306167813 },
  { why: 'the last of the centre', p: 0.075, z: -1.4395314709384557 },
  { why: 'the centre', p: 0.2, z: -0.8416212335729142 },
  { why: 'the median', p: 0.5, z: 0 },
  { why: 'above the median', p: 0.7, z: 0.5244005127080407 },
  { why: 'the first of the upper tail', p: 0.93, z: 1.4757910281791708 },
  { why: 'the largest that a word gives', p: 1 - 2 ** -33, z: 6.337957754553789 },
])('knows the normal deviate of $why', ({ p, z }) => {
  expect(Math.abs(inverseNormal(p) - z)).toBeLessThanOrEqual(4e-15 * Math.abs(z));
});

function moments({ data }: Tensor) {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { mean, deviation: Math.sqrt(variance), largest };
}

/** One convolution in groups, so that fan-in is of one group: 3 * 5 * 4 = 60, fan-out 10 * 20 = 200. */
const layers = buildGraph('layers', { name: 'x', shape: [6, 9, 8] })
  .conv2d('grouped', 10, [5, 4], { groups: 2 })
  .flatten('flat')
  .linear('hidden', 90)
  .linear('scores', 7)
  .build();

describe.each<{ id: InitialiserId; parameter: string; deviation: number; largest: number }>([
  { id: 'paper', parameter: 'hidden.weight', deviation: 0.01, largest: 0.05 },
  { id: 'bvlc', parameter: 'hidden.weight', deviation: 0.005, largest: 0.025 },
  { id: 'bvlc', parameter: 'grouped.weight', deviation: 0.01, largest: 0.05 },
  { id: 'caffenet', parameter: 'scores.weight', deviation: 0.01, largest: 0.05 },
  // cut at two deviations of the wider one: 2 / 0.8796 * sqrt(2 / 60)
  { id: 'he-normal', parameter: 'grouped.weight', deviation: Math.sqrt(2 / 60), largest: 0.41513 },
  { id: 'glorot-uniform', parameter: 'grouped.weight', deviation: Math.sqrt(2 / 260), largest: Math.sqrt(6 / 260) },
  { id: 'uestcsongtaoli', parameter: 'grouped.weight', deviation: Math.sqrt(2 / 60), largest: 0.41513 },
  { id: 'uestcsongtaoli', parameter: 'scores.weight', deviation: Math.sqrt(2 / 97), largest: Math.sqrt(6 / 97) },
])('$id draws $parameter', ({ id, parameter, deviation, largest }) => {
  const drawn = initialWeights(layers, id, 5).get(parameter)!;
  const seen = moments(drawn);
  const count = drawn.data.length;

  it('around 0, with its deviation', () => {
    expect(Math.abs(seen.mean)).toBeLessThan((4 * deviation) / Math.sqrt(count));
    expect(Math.abs(seen.deviation / deviation - 1)).toBeLessThan(4 / Math.sqrt(2 * count));
  });

  it('within its bounds', () => {
    expect(seen.largest).toBeLessThanOrEqual(largest);
    expect(seen.largest).toBeGreaterThan(0.45 * largest);
  });
});

/** The biases that do not begin at 0. */
function raised(graph: Graph, id: InitialiserId): Record<string, number> {
  const weights = initialWeights(graph, id, 0);
  return Object.fromEntries(
    graph.parameters
      .filter(({ name }) => name.endsWith('.bias'))
      .map(({ name }) => [name, weights.get(name)!.data[1]!] as const)
      .filter(([, value]) => value !== 0),
  );
}

it.each<{ id: InitialiserId; variant: string; at: string; value: number }>([
  { id: 'paper', variant: 'paper', at: 'conv2 conv4 conv5 fc6 fc7', value: 1 },
  { id: 'bvlc', variant: 'bvlc-alexnet', at: 'conv2 conv4 conv5 fc6 fc7', value: Math.fround(0.1) },
  { id: 'caffenet', variant: 'caffenet', at: 'conv2 conv4 conv5 fc6 fc7', value: 1 },
  // three hidden layers, then the scores
  { id: 'paper', variant: 'vipoooool', at: 'conv2 conv4 conv5 fc6 fc7 fc8', value: 1 },
  { id: 'glorot-uniform', variant: 'kratzert', at: '', value: 0 },
])('$id raises the biases of $at in a narrow $variant', ({ id, variant, at, value }) => {
  const { graph } = createVariant(variant, { width: 1 / 32, classes: 5 });
  const names = at === '' ? [] : at.split(' ');
  expect(raised(graph, id)).toEqual(Object.fromEntries(names.map((name) => [`${name}.bias`, value])));
});

it('tells layers of other networks by position', () => {
  expect(raised(layers, 'paper')).toEqual({ 'hidden.bias': 1 });
});

it('begins batch norm as the identity', () => {
  const graph = buildGraph('norm', { name: 'x', shape: [3, 2, 2] })
    .batchNorm('bn', 1e-3)
    .build();
  const weights = initialWeights(graph, 'he-normal', 1);
  const values = ['scale', 'bias', 'mean', 'variance'].map((name) => [...weights.get(`bn.${name}`)!.data]);
  expect(values).toEqual([
    [1, 1, 1],
    [0, 0, 0],
    [0, 0, 0],
    [1, 1, 1],
  ]);
});

it('begins with convolutions that hand on, but for the first, and draws the filters that are left over', () => {
  const graph = buildGraph('three', { name: 'x', shape: [4, 7, 7] })
    .conv2d('first', 4, 3)
    .conv2d('grouped', 6, [3, 2], { groups: 2 })
    .conv2d('last', 2, 1)
    .build();
  const [identity, drawn] = (['he-normal-identity', 'he-normal'] as const).map((id) => initialWeights(graph, id, 3));
  expect(identity!.get('first.weight')).toEqual(drawn!.get('first.weight'));
  const [grouped, left] = [identity!, drawn!].map((weights) => weights.get('grouped.weight')!);
  expect(grouped!.shape).toEqual([6, 2, 3, 2]);
  const filter = (n: number, { data } = grouped!) => [...data.subarray(n * 12, n * 12 + 12)];
  const one = (at: number) => Array.from({ length: 12 }, (_, i) => (i === at ? 1 : 0));
  // Each group of three filters reads two channels; the centre of 3x2 is at row 1, column 1.
  expect([0, 1, 3, 4].map((n) => filter(n))).toEqual([one(3), one(9), one(3), one(9)]);
  for (const n of [2, 5]) expect(filter(n)).toEqual(filter(n, left));
  expect([...identity!.get('last.weight')!.data]).toEqual([1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
});

it('gives other values for another seed or name, and the same for the same', () => {
  const [a, again, b] = [1, 1, 2].map((seed) => initialWeights(layers, 'paper', seed));
  expect(a).toEqual(again);
  expect(a!.get('grouped.weight')!.data).not.toEqual(b!.get('grouped.weight')!.data);
  const first = (name: string) => a!.get(name)!.data[0];
  expect(first('grouped.weight')).not.toBe(first('scores.weight'));
});

/** Any change here changes every training that was published with its seed. */
it('gives these values, for good', () => {
  const values = (Object.keys(initialisers) as InitialiserId[]).map((id) => [
    id,
    ...initialWeights(layers, id, 7).get('scores.weight')!.data.subarray(0, 2),
  ]);
  expect(values).toMatchInlineSnapshot(`
    [
      [
        "paper",
        0.009239237755537033,
        -0.008694886229932308,
      ],
      [
        "bvlc",
        0.009239237755537033,
        -0.008694886229932308,
      ],
      [
        "caffenet",
        0.009239237755537033,
        -0.008694886229932308,
      ],
      [
        "he-normal",
        0.14726963639259338,
        -0.13885770738124847,
      ],
      [
        "he-normal-identity",
        0.14726963639259338,
        -0.13885770738124847,
      ],
      [
        "glorot-uniform",
        0.1602858304977417,
        -0.15305988490581512,
      ],
      [
        "uestcsongtaoli",
        0.1602858304977417,
        -0.15305988490581512,
      ],
    ]
  `);
});

it('refuses a seed that a key cannot hold', () => {
  expect(() => initialWeights(layers, 'paper', -1)).toThrow('unsigned 32-bit integer');
  expect(() => initialWeights(layers, 'xavier' as InitialiserId, 0)).toThrow(
    /no initialiser called "xavier".*he-normal/,
  );
});
