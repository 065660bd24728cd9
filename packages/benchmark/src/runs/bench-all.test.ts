import { referenceProvider, sizeOf } from '@alexnet/core';
import { expect, it } from 'vitest';
import { benchAll } from './bench-all.ts';
import type { Host } from './host.ts';

const host: Host = {
  signal: new AbortController().signal,
  progress: { update() {} },
  json() {},
  async inputsOf() {
    const shape = [1, 3, 64, 64];
    const tensor = { shape, data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i)) };
    return [{ name: 'waves', tensor }];
  },
};

it('says what the engines of backends bring along, where their providers do', async () => {
  const available = { available: true, detail: 'always here' };
  const stated = {
    ...referenceProvider(),
    id: 'stated',
    download: { files: ['engine.wasm'], bytes: 900, gzipBytes: 300 },
  };
  const report = await benchAll(
    {
      backends: [stated, referenceProvider()].map((provider) => ({ provider, availability: available })),
      peers: [],
      variants: ['torchvision'],
      dimensions: { width: 0.0625, classes: 10, inputSize: 64 },
      batches: [],
      seed: 1,
      budget: 1,
    },
    host,
  );
  expect(report.refusals).toEqual([]);
  expect(report.shipped).toEqual([{ candidate: 'stated', rawBytes: 900, gzipBytes: 300 }]);
});
