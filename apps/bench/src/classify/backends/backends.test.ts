import { describe, expect, it } from 'vitest';
import type { Here } from '../../engines/here.ts';
import { createBackends } from './backends.ts';

const here: Here = {
  browser: 'a browser',
  processors: 2,
  isolated: true,
  webAssembly: true,
  simd: true,
  webgpu: { name: 'software', software: true },
  webgl: { missing: 'No WebGL.', fix: 'Get it.' },
};

describe('the backends to compare', () => {
  it.each([
    { why: 'on WebAssembly without a GPU', change: {}, want: ['onnx-web', 'tfjs-wasm'] },
    {
      why: 'on the GPU where there is one',
      change: { webgpu: { name: 'x', software: false } },
      want: ['webgpu', 'onnx-webgpu'],
    },
    { why: 'none where nothing is fast', change: { webAssembly: false }, want: [] },
  ])('are two, $why', ({ change, want }) => {
    expect(createBackends({ ...here, ...change }).chosen.value).toEqual(want);
  });

  it('are what a person chooses, in the order of the list', () => {
    const { choose, chosen } = createBackends(here);
    choose('reference', true);
    choose('webgpu', true);
    choose('onnx-web', false);
    expect(chosen.value).toEqual(['webgpu', 'tfjs-wasm', 'reference']);
  });
});
