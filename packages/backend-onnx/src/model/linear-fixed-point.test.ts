import { type Backend, buildGraph, evaluate, seededWeights, type Tensor, weightsAsStored } from '@alexnet/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onnxNodeProvider } from '../index.ts';
import { fitsFixedPoint } from './linear-fixed-point.ts';

const FEATURES = 1300;
const graph = buildGraph('g', { name: 'x', shape: [FEATURES] })
  .linear('y', 7)
  .build();
const weights = seededWeights(graph, 9);
const noise = (i: number) => (((i * 7919) % 2003) - 1001) / 1001;
const row = (value: (i: number) => number) => Array.from({ length: FEATURES }, (_, i) => value(i));

/** The oracle of what stored weights mean, on absolute values: sum |a*b|. */
const absolute = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.map(Math.abs) });

describe('a linear layer in fixed point', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await onnxNodeProvider().create({ threads: 2 });
  });
  afterAll(() => backend[Symbol.asyncDispose]());

  it.each([
    { why: 'ordinary values', rows: [row(noise)] },
    { why: 'one value a million times the others', rows: [row((i) => (i === 77 ? 1e6 : noise(i)))] },
    {
      why: 'rows of very different size, each with its own unit',
      rows: [row(noise), row((i) => noise(i) * 1e-20), row((i) => noise(i) * 1e20)],
    },
    { why: 'nothing but zeros beside a row that is not', rows: [row(() => 0), row(noise)] },
    {
      why: 'powers of two, whose logarithm may come out on either side',
      rows: Array.from({ length: 60 }, (_, k) => row((i) => (i % 3 ? 0 : 2 ** (k - 30)))),
    },
  ])('is as exact as float32: $why', async ({ rows }) => {
    const x = { shape: [rows.length, FEATURES], data: Float32Array.from(rows.flat()) };
    const meant = weightsAsStored(graph, weights, 'q8');
    const want = evaluate(graph, meant, { x }).get('y')!.data;
    const sums = evaluate(graph, new Map([...meant].map(([name, tensor]) => [name, absolute(tensor)])), {
      x: absolute(x),
    }).get('y')!.data;
    await using program = await backend.compile(graph, weights, { precision: 'q8' });
    const { y } = await program.run({ x });
    const u = 2 ** -24;
    const worst = Math.max(
      ...want.map((value, i) => Math.abs(value - y!.data[i]!) / (2 * Math.sqrt(FEATURES) * u * sums[i]! + 1e-37)),
    );
    expect(worst).toBeLessThan(0.2); // of what float32 is allowed
    expect(program.memory().hostBytes).toBeLessThan(FEATURES * 7 * 2);
  });

  it('is left for rows whose sums 32 bits do not hold', () => {
    expect([9216, 264_000, 265_000].map(fitsFixedPoint)).toEqual([true, true, false]);
  });
});
