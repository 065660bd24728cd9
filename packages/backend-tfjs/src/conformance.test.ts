import { type BackendReport, runConformance } from '@alexnet/conformance';
import type { Backend } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import type { EngineName } from './engines/engine.ts';
import { tfjsProvider } from './provider.ts';

/*
 * Every op, its gradients and the behaviour of the contract, on the engines that run in Node; those of browsers run in Chromium, by `alexnet conform --in chromium`.
 */

const engines: readonly EngineName[] = ['cpu', 'wasm', 'node'];

/** What tfjs promises on no engine: NaN and infinities in every op, times per node, a device that can be lost on purpose. */
const undeclared = /^The backend does not declare (strictNonFinite|profiling|loseDevice)/;

async function missed(backend: Backend): Promise<readonly BackendReport['checks'][number][]> {
  const { checks } = await runConformance({ backend, suites: ['op', 'gradient', 'property', 'behaviour', 'training'] });
  expect(checks.length).toBeGreaterThan(100);
  return checks.filter(({ status, reason = '' }) => status !== 'passed' && !undeclared.test(reason)); // other skips count, too
}

describe.each(engines)('conformance of %s', (engine) => {
  it('ops, gradients and behaviour', async ({ skip }) => {
    const provider = tfjsProvider({ engine });
    const { available, detail } = await provider.probe();
    if (!available) skip(detail);
    await using backend = await provider.create();
    expect(await missed(backend)).toEqual([]);
  }, 300_000);
});
