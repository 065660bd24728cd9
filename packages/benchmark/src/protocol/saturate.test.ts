import { referenceProvider } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { saturate } from './saturate.ts';

const sample = (n: number) => ({ shape: [1, 2], data: Float32Array.of(n, 1) });
const workload = {
  variant: 'tiny',
  graph: { name: 'tiny', inputs: [], outputs: [], parameters: [], nodes: [] },
  weights: new Map(),
  samples: [sample(3), sample(5)],
  expected: [3, 5].map((n) => ({ shape: [1, 2], data: Float32Array.of(1 / n, 1 - 1 / n) })),
};

/** A program that is right and takes `ms(batch)`. */
async function search(ms: (batch: number) => number, limitMs = 1e6, fault: { at?: number; wrong?: number } = {}) {
  const clock = { ms: 0 };
  const backend = await referenceProvider().create();
  const program: Parameters<typeof saturate>[0]['program'] = {
    async run({ input }) {
      const batch = input!.shape[0]!;
      clock.ms += ms(batch);
      if (batch === fault.at) throw new Error('out of memory');
      const data = new Float32Array(2 * batch);
      for (let i = 0; i < batch; i++) {
        const n = batch === fault.wrong ? 3 : input!.data[2 * i]!; // wrong: every image gets the output of the first
        data.set([1 / n, 1 - 1 / n], 2 * i);
      }
      return { prob: { shape: [batch, 2], data } };
    },
    memory: () => ({ hostBytes: 0, deviceBytes: 0 }),
    async [Symbol.asyncDispose]() {},
  };
  const candidate = { id: 'c', kind: 'ours', create: async () => backend } as const;
  return saturate({ candidate, backend, program }, workload, { now: () => clock.ms, limitMs });
}

describe('the batch that saturates', () => {
  it('is the smallest within 5 % of the highest throughput', async () => {
    // 10 ms for each run and 1 for each image: 91, 167, 286, 444, 615, 762, 865, 928, 962, 981, 990 images per second
    const found = await search((batch) => 10 + batch);
    expect(found).toMatchObject({ candidate: 'c', variant: 'tiny', batch: 256, ended: 'throughput no longer grew' });
    expect(found?.imagesPerSecond).toBeCloseTo(256_000 / 266, 9);
    expect(found?.steps.map(({ batch }) => batch)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]);
  });

  it('is one image where batches gain nothing', async () => {
    const found = await search((batch) => 20 * batch);
    expect([found?.batch, found?.steps.length]).toEqual([1, 3]);
  });

  it('is not missed for one doubling that gains nothing', async () => {
    const found = await search((batch) => (batch === 2 ? 20 : 10 * Math.sqrt(batch)), 1e6, { at: 32 });
    expect(found).toMatchObject({ batch: 16, ended: 'batch 32 failed: out of memory' });
  });

  it('is looked for as long as there is time', async () => {
    const found = await search((batch) => 100 * Math.sqrt(batch), 4000);
    expect(found?.ended).toMatch(/time was up before batch \d+/);
    expect(found?.steps.length).toBeGreaterThan(1);
  });

  it('is none whose output is wrong', async () => {
    const found = await search((batch) => 10 + batch, 1e6, { wrong: 8 });
    expect(found).toMatchObject({
      batch: 4,
      ended: expect.stringMatching(/batch 8 failed: does not conform: sample 1/),
    });
  });

  it('is unknown where nothing runs, or no time passes', async () => {
    expect(await search(() => 1, 1e6, { at: 1 })).toBeUndefined();
    expect(await search(() => 0)).toBeUndefined();
  });
});
