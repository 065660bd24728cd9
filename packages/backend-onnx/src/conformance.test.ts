import { runConformance } from '@alexnet/conformance';
import { describe, expect, it } from 'vitest';
import { onnxNodeProvider, onnxWebProvider } from './index.ts';
import { webGpuForm } from './providers/form.ts';
import { importNative, nativeEngine } from './providers/node.ts';
import { createBackend } from './runtime/backend.ts';

/** What the engine does to NaN and infinities, and times per node, are not promised; and it has no device to lose. */
const undeclared = /^The backend does not declare (strictNonFinite|profiling|loseDevice)/;

describe.each([onnxNodeProvider(), onnxWebProvider()])('conformance of $id', (provider) => {
  it('every op in every precision, gradients, training, and the behaviour of the contract', async () => {
    await using backend = await provider.create({ threads: 2 });
    const { checks } = await runConformance({
      backend,
      suites: ['op', 'gradient', 'property', 'behaviour', 'training'],
    });
    expect(
      checks.filter(({ precision, status }) => precision !== undefined && status === 'passed').length,
    ).toBeGreaterThan(100);
    expect(checks.filter(({ status, reason = '' }) => status !== 'passed' && !undeclared.test(reason))).toEqual([]);
  }, 300_000);
});

it('what is written for WebGPU is right on an engine without its mistakes', async () => {
  const engine = { ...nativeEngine(await importNative(), 'cpu', 2), form: webGpuForm };
  await using backend = createBackend('webgpu-form', engine);
  const { checks } = await runConformance({ backend, select: ['op/conv2d/*', 'op/lrn/*', 'property/fuzz/conv2d'] });
  expect(checks.filter(({ status, reason = '' }) => status !== 'passed' && !undeclared.test(reason))).toEqual([]);
}, 60_000);
