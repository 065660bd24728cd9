import { type BackendReport, type ConformanceOptions, runConformance } from '@alexnet/conformance';
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

async function missed(
  backend: Backend,
  options: Pick<ConformanceOptions, 'suites' | 'level'>,
  least: number,
): Promise<readonly BackendReport['checks'][number][]> {
  const { checks } = await runConformance({ backend, ...options });
  expect(checks.length).toBeGreaterThan(least);
  return checks.filter(({ status }) => status !== 'passed'); // a skip counts, too
}

describe.skipIf(testGpu === undefined)("conformance on the machine's adapter", () => {
  it.each(cases)(
    'ops and behaviour $why',
    async ({ guards = false, setup }) => {
      const { gpu } = watch(testGpu!, { guards });
      await using backend = await createBackend({ id: 'webgpu', gpu, engine: 'Dawn', limits: 'adapter', ...setup });
      expect(await missed(backend, { suites: ['op', 'property', 'behaviour'] }, 100)).toEqual([]);
    },
    300_000,
  );

  it('gradients and trainings, the few that find most, with NaN in all unwritten memory', async () => {
    const { gpu } = watch(testGpu!, { guards: true });
    await using backend = await createBackend({ id: 'webgpu', gpu, engine: 'Dawn', limits: 'adapter' });
    expect(await missed(backend, { suites: ['gradient', 'training'], level: 'quick' }, 15)).toEqual([]);
  }, 300_000);
});
