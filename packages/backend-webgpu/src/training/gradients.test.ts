import { type Backend, gradientOpNames } from '@alexnet/core';
import { afterAll, describe, expect, it } from 'vitest';
import { createBackend } from '../backend.ts';
import type { BackendSetup } from '../setup.ts';
import { gpu } from '../testing/gpu.ts';
import { gradientCases, judgeGradients, opsOf } from '../testing/gradient-cases.ts';
import { watch } from '../testing/watched-gpu.ts';

describe.skipIf(gpu === undefined)('the values of a training graph, gradients among them', () => {
  const backends = new Map<string, Promise<Backend>>();
  /** One backend for all cases of one setup: kernels are compiled once. With NaN in all memory that nobody wrote. */
  const backendFor = (setup: Partial<BackendSetup> = {}) => {
    const key = JSON.stringify(setup);
    const open = () =>
      createBackend({
        id: 'webgpu',
        gpu: watch(gpu!, { guards: true }).gpu,
        engine: 'Dawn',
        limits: 'default',
        ...setup,
      });
    const backend = backends.get(key) ?? open();
    backends.set(key, backend);
    return backend;
  };
  afterAll(async () => {
    for (const backend of backends.values()) await (await backend)[Symbol.asyncDispose]();
  });

  it.each(gradientCases)('$why', async (each) => {
    expect(await judgeGradients(await backendFor(each.setup), each)).toBeUndefined();
  });

  it('are those of every gradient op', () => {
    const seen = new Set<string>(gradientCases.flatMap(opsOf));
    expect(gradientOpNames.filter((op) => !seen.has(op))).toEqual([]);
  });
});
