import { describe, expect, it } from 'vitest';
import { factsOf } from './facts.ts';
import type { Here } from './here.ts';
import { offersOf } from './offers.ts';

const desk: Here = {
  browser: 'Chrome 147 on Windows',
  processors: 8,
  memoryGigabytes: 16,
  isolated: true,
  webAssembly: true,
  simd: true,
  webgpu: { name: 'nvidia ada-lovelace', software: false },
  webgl: { name: 'NVIDIA GeForce', software: false },
};

const states = (here: Here) => Object.fromEntries(offersOf(here).map(({ id, state }) => [id, state]));

describe('what is offered', () => {
  it('is everything where there is a GPU, but for what is slow everywhere', () => {
    expect(states(desk)).toEqual({
      webgpu: 'ready',
      'onnx-webgpu': 'ready',
      'onnx-web': 'ready',
      'tfjs-webgpu': 'ready',
      'tfjs-webgl': 'ready',
      'tfjs-wasm': 'ready',
      'tfjs-cpu': 'slow',
      reference: 'slow',
    });
  });

  it.each([
    {
      why: 'a GPU in software has to be asked for',
      here: { ...desk, webgpu: { name: 'google swiftshader', software: true } },
      want: { webgpu: 'slow', 'onnx-webgpu': 'slow', 'tfjs-webgpu': 'slow', 'tfjs-webgl': 'ready' },
    },
    {
      why: 'what is missing cannot be asked for',
      here: { ...desk, webgpu: { missing: 'None.', fix: 'Buy one.' }, webAssembly: false, simd: false },
      want: { webgpu: 'missing', 'onnx-web': 'missing', 'tfjs-wasm': 'missing', 'tfjs-cpu': 'slow' },
    },
    {
      why: 'threads are not needed',
      here: { ...desk, isolated: false },
      want: { 'onnx-web': 'ready', 'tfjs-wasm': 'ready' },
    },
  ])('$why', ({ here, want }) => {
    expect(states(here)).toMatchObject(want);
    for (const { state, fix, detail } of offersOf(here)) {
      expect(detail).toMatch(/\.$/);
      expect(fix === undefined).toBe(state !== 'missing');
    }
  });
});

it('facts say what is missing, and leave out what the browser does not tell', () => {
  const { memoryGigabytes: _, ...untold } = desk;
  const facts = factsOf({ ...untold, isolated: false, webgpu: { missing: 'There is none.', fix: 'Buy one.' } });
  expect(facts).toEqual({
    Browser: 'Chrome 147 on Windows',
    Processors: '8',
    Threads: 'off: the page is not cross-origin isolated',
    WebAssembly: 'yes, with vector instructions',
    WebGPU: 'no. There is none.',
    'WebGL 2': 'NVIDIA GeForce',
  });
});
