import { type BackendReport, runConformance } from '@alexnet/conformance';
import type { Backend } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { type BackendSetup, createBackend } from './backend.ts';
import { gpu as testGpu } from './testing/gpu.ts';
import { watch } from './testing/watched-gpu.ts';

interface Case {
  readonly why: string;
  readonly guards?: boolean;
  readonly setup?: Partial<BackendSetup>;
}

const cases: readonly Case[] = [
  { why: 'as it comes' },
  { why: 'with NaN behind every buffer and in all unwritten memory', guards: true },
  { why: 'with the limits that WebGPU guarantees', setup: { limits: 'default' } },
  { why: 'with weights that must be split, four rows at a time', setup: { maxBindingBytes: 4096, chunkBytes: 1 } },
  {
    why: 'with the kernels that are made for GPUs',
    guards: true,
    setup: {
      choices: { convolution: () => ({ kernel: 'conv2d-shared' }), linear: () => ({ rows: 2, cols: 1, parts: 3 }) },
    },
  },
];

async function missed(backend: Backend): Promise<readonly BackendReport['checks'][number][]> {
  const { checks } = await runConformance({ backend, suites: ['op', 'property', 'behaviour'] });
  expect(checks.length).toBeGreaterThan(100);
  return checks.filter(({ status }) => status !== 'passed'); // a skip counts, too
}

describe.skipIf(testGpu === undefined)("conformance on the machine's adapter", () => {
  it.each(cases)(
    'ops and behaviour $why',
    async ({ guards = false, setup }) => {
      const { gpu } = watch(testGpu!, { guards });
      await using backend = await createBackend({ id: 'webgpu', gpu, engine: 'Dawn', limits: 'adapter', ...setup });
      expect(await missed(backend)).toEqual([]);
    },
    300_000,
  );
});
