import type { NodeOf, Tensor } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { judgeCase } from '../ops/check.ts';
import { opCases } from '../ops/index.ts';
import { alteredBackend, type Call } from '../self-test/altered-backend.ts';
import { mistakesOf } from './mistakes/index.ts';

const noSignal = new AbortController().signal;

/** What is said of a node whose result is changed. */
async function diagnosisOf(id: string, change: (call: Call) => Tensor, signal = noSignal) {
  const opCase = opCases.find((each) => each.id === id)!;
  const { passed, diagnosis } = await judgeCase(opCase, alteredBackend({ node: change }), signal);
  expect(passed).toBe(false);
  return diagnosis!;
}
const changed =
  (f: (value: number, i: number) => number) =>
  ({ evaluate }: Call): Tensor => {
    const { shape, data } = evaluate();
    return { shape, data: data.map(f) };
  };

describe('a diagnosis', () => {
  it("reads, for a person who swapped LRN's alpha convention, exactly that", async () => {
    const diagnosis = await diagnosisOf('op/lrn/caffe/random', (call) => {
      const { node, evaluate } = call as Call<NodeOf<'lrn'>>;
      return evaluate({ node: { ...node, alpha: node.alpha * node.size } });
    });
    expect(diagnosis.cause).toEqual({
      id: 'lrn/alpha-not-divided',
      cause: 'alpha is not divided by size: the convention of the paper and of TensorFlow, not that of Caffe and ONNX',
      fix: 'Multiply the sum of squares with alpha / size (TensorFlow wants alpha / size handed over as alpha).',
      explains: 1,
    });
    expect(diagnosis.alternatives).toEqual([]);
  });

  it('survives JSON, infinities in the map included', async () => {
    const diagnosis = await diagnosisOf(
      'op/maxPool2d/plain/random',
      changed((value) => value * 2),
    );
    expect(JSON.parse(JSON.stringify(diagnosis))).toEqual(diagnosis);
    expect(diagnosis.errors!.cells[0]!.worst).toContain('Infinity');
  });

  it.each([
    {
      why: 'noise that nothing explains',
      f: (v: number, i: number) => v + Math.sin(i * i) * 0.3,
      says: /No known mistake explains it: \d+ % of the elements are wrong/,
    },
    { why: 'a factor', f: (v: number) => v * 1.37, says: /The wrong elements are 1.370 times what they should be/ },
    { why: 'an offset', f: (v: number) => v + 0.25, says: /The wrong elements are off by 0.2500/ },
    {
      why: 'rounding to few bits',
      f: (v: number, i: number) => v * (1 + Math.sin(i * i) * 2 ** -12),
      says: /Looks like rounding: .* as in half precision/,
    },
    {
      why: 'NaN in places',
      f: (v: number, i: number) => (i % 7 === 3 ? Number.NaN : v),
      says: /The wrong elements are NaN/,
    },
    {
      why: 'one channel',
      f: (v: number, i: number) => (Math.floor(i / 48) % 5 === 3 ? v + Math.cos(i * i) : v),
      says: /in channels 3 only/,
    },
    {
      why: 'one sample',
      f: (v: number, i: number) => (i < 240 ? v + Math.cos(i * i) : v),
      says: /in sample 0 of 2 only/,
    },
  ])('says honestly what it does not know, and what the error looks like: $why', async ({ f, says }) => {
    const diagnosis = await diagnosisOf('op/conv2d/plain/random', changed(f));
    expect(diagnosis.cause).toBeUndefined();
    expect(diagnosis.pattern).toMatch(says);
  });

  it('names no mistake that makes right elements wrong', async () => {
    // the bias is dropped in one half of the image only
    const diagnosis = await diagnosisOf('op/conv2d/plain/random', (call) => {
      const { bias: _bias, ...without } = call.node as NodeOf<'conv2d'>;
      const [right, wrong] = [call.evaluate(), call.evaluate({ node: without })];
      return { shape: right.shape, data: right.data.map((value, i) => (i % 8 < 4 ? value : wrong.data[i]!)) };
    });
    expect(diagnosis.cause).toBeUndefined();
  });

  it('names a mistake of another shape by that shape, without a map', async () => {
    const diagnosis = await diagnosisOf('op/maxPool2d/ceil-keeps/random', (call) =>
      call.evaluate({ node: { ...(call.node as NodeOf<'maxPool2d'>), ceilMode: false } }),
    );
    expect(diagnosis.cause?.id).toBe('maxPool2d/floor-for-ceil');
    expect(diagnosis.errors).toBeUndefined();
  });
});

it.each([...new Set(opCases.map(({ op }) => op))])('the mistakes of %s are sentences with a fix', (op) => {
  for (const { id, cause, fix } of mistakesOf(op)) {
    expect(id).toMatch(/^[a-zA-Z0-9]+\/[a-z0-9.-]+$/);
    expect([cause.endsWith('.'), /[.:]$|\)\.$/.test(fix)], `${id}: ${cause} | ${fix}`).toEqual([false, true]);
    expect(fix).not.toContain('\n');
  }
});
