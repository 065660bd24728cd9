import { createVariant, seededWeights } from '@alexnet/core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { toOnnx } from './to-onnx.ts';

const { graph } = createVariant('bvlc-alexnet', { width: 1 / 16, classes: 10 });
const weights = seededWeights(graph, 3);
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
