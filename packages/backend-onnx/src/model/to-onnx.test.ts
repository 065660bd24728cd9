import { buildGraph, createVariant, evaluate, type Graph, seededWeights, weightsAsStored } from '@alexnet/core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { toOnnx } from './to-onnx.ts';

const { graph } = createVariant('bvlc-alexnet', { width: 1 / 16, classes: 10 });
const weights = seededWeights(graph, 3);
/** Rows that end within a block; the first layer has a bias. */
const built = buildGraph('linear', { name: 'x', shape: [300] })
  .linear('a', 200)
  .linear('b', 37)
  .build();
const second = { op: 'linear', name: 'b', inputs: ['a'] } as const;
const linear: Graph = {
  ...built,
  nodes: built.nodes.map((node) =>
    node.op === 'linear' && node.name === 'b' ? { ...second, weight: node.weight } : node,
  ),
};
const linearWeights = seededWeights(built, 3);
const concat = (chunks: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(chunks));

describe('an exported model', () => {
  it('loads in ONNX Runtime as one file and takes any batch', async () => {
    const session = await InferenceSession.create(concat(toOnnx(graph, weights)));
    expect(session.inputNames).toEqual(['input']);
    expect(session.outputNames).toEqual(['prob']);
    for (const batch of [1, 2]) {
      const input = new Tensor('float32', new Float32Array(batch * 3 * 227 * 227), [batch, 3, 227, 227]);
      expect((await session.run({ input }))['prob']?.dims).toEqual([batch, 10]);
    }
    await session.release();
  });

  it('returns the values that were asked for', async () => {
    const session = await InferenceSession.create(concat(toOnnx(graph, weights, { outputs: ['norm1', 'fc8'] })));
    expect(session.outputNames).toEqual(['norm1', 'fc8']);
    await session.release();
  });

  it.each([
    { precision: 'f16', share: 0.55, most: 1e-5 },
    { precision: 'q4', share: 0.2, most: 1e-5 },
    { precision: 'q8', share: 0.35, most: 0.03 }, // what the layers read is rounded to 8 bits
  ] as const)('stores weights as $precision, and computes with what these mean', async ({ precision, share, most }) => {
    const bytes = concat(toOnnx(linear, linearWeights, { precision }));
    expect(bytes.length / concat(toOnnx(linear, linearWeights)).length).toBeLessThan(share);
    const session = await InferenceSession.create(bytes);
    const data = Float32Array.from({ length: 3 * 300 }, (_, i) => (((i * 97) % 101) - 50) / 50);
    const got = (await session.run({ x: new Tensor('float32', data, [3, 300]) }))['b']!.data as Float32Array;
    const meant = weightsAsStored(linear, linearWeights, precision);
    const want = evaluate(linear, meant, { x: { shape: [3, 300], data } }).get('b')!.data;
    const largest = Math.max(...want.map(Math.abs));
    expect(Math.max(...want.map((value, i) => Math.abs(value - got[i]!))) / largest).toBeLessThan(most);
    await session.release();
  });

  it('is the same bytes each time', () => {
    expect(Buffer.compare(concat(toOnnx(graph, weights)), concat(toOnnx(graph, weights)))).toBe(0);
  });

  it('does not copy the weights', () => {
    const { buffer } = weights.get('fc7.weight')!.data;
    expect(toOnnx(graph, weights).some((chunk) => chunk.buffer === buffer)).toBe(true);
  });

  it.each([
    { why: 'weights that are missing', run: () => toOnnx(graph, new Map()), code: 'invalid-weights' },
    {
      why: 'an output that does not exist',
      run: () => toOnnx(graph, weights, { outputs: ['fc9'] }),
      code: 'unknown-name',
    },
  ])('is refused for $why', ({ run, code }) => {
    expect(run).toThrow(expect.objectContaining({ code }));
  });
});
