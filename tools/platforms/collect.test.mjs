import { expect, it } from 'vitest';
import { entryOf } from './collect.mjs';

const nothing = { records: [], error: '' };

/** @param {string} candidate @param {string} variant @param {string} phase @param {number} batch @param {number} p50Ms */
const measurement = (candidate, variant, phase, batch, p50Ms) => ({
  record: 'measurement',
  ...{ candidate, variant, phase, batch, p50Ms, ciLowMs: p50Ms - 1, ciHighMs: p50Ms + 1, samples: 36, p90Ms: 1 },
  engine: `${candidate} 1.30.0 in Chromium 147.0.7727.0`,
  device: 'WebAssembly in the browser',
  threads: 2,
});

const bench = {
  error: '',
  records: [
    measurement('onnx-web', 'bvlc-alexnet', 'compile', 1, 123.456),
    measurement('onnx-web', 'bvlc-alexnet', 'first-run', 1, 35.6),
    measurement('onnx-web', 'bvlc-alexnet', 'warm', 1, 32.80499),
    measurement('onnx-web', 'bvlc-alexnet', 'warm', 8, 260),
    measurement('tfjs-wasm', 'bvlc-alexnet', 'warm', 1, 50),
    { record: 'memory', candidate: 'onnx-web', variant: 'bvlc-alexnet', programBytes: 243_907_360 },
    { record: 'memory', candidate: 'tfjs-wasm', variant: 'torchvision', programBytes: 1 },
    { record: 'refusal', candidate: 'onnx-web', variant: 'torchvision', reason: 'out of memory' },
    { record: 'refusal', candidate: 'tfjs-wasm', variant: 'torchvision', reason: 'not mine' },
    { record: 'end' },
  ],
};

const conform = {
  error: '',
  records: [
    { backend: 'onnx-web', id: 'op/relu/image/special', status: 'passed' },
    { backend: 'onnx-web', id: 'op/lrn/paper/random', status: 'failed' },
    { passed: 297, failed: 1, skipped: [{ reason: 'Not now', tests: ['a', 'b'], issue: 'someone/else#3' }] },
  ],
};

const about = { backend: 'onnx-web', substitute: false };

it('keeps the essentials of one backend of a benchmark, and nothing of the others', () => {
  expect(entryOf({ ...about, conform, bench })).toEqual({
    backend: 'onnx-web',
    engine: 'onnx-web 1.30.0',
    device: 'WebAssembly',
    threads: 2,
    substitute: false,
    conformance: {
      passed: 297,
      failed: 1,
      failures: ['op/lrn/paper/random'],
      skipped: [{ reason: 'Not now', tests: 2, issue: 'someone/else#3' }],
    },
    timings: [
      { variant: 'bvlc-alexnet', batch: 1, samples: 36, p50Ms: 32.8, ciLowMs: 31.8, ciHighMs: 33.8 },
      { variant: 'bvlc-alexnet', batch: 8, samples: 36, p50Ms: 260, ciLowMs: 259, ciHighMs: 261 },
    ],
    starts: [{ variant: 'bvlc-alexnet', compileMs: 123.5, firstRunMs: 35.6, bytes: 243_907_360 }],
    problems: ['torchvision: out of memory'],
  });
});

it.each([
  [
    'what `alexnet backends` says',
    { probed: { available: false, detail: 'Needs CUDA' }, conform: nothing },
    'Needs CUDA',
  ],
  [
    'what the suite answers to its name',
    { conform: { records: [], error: 'The backend onnx-web is not available here: There is no WebGPU adapter here' } },
    'There is no WebGPU adapter here',
  ],
])('takes the reason why a backend is not here from %s', (_what, answers, missing) => {
  expect(entryOf({ ...about, bench: nothing, ...answers })).toEqual({ backend: 'onnx-web', missing });
});

it('says why there are no counts or no times, and describes the backend as it was probed', () => {
  const environment = { engine: 'onnxruntime-web 1.30.0', device: 'WebAssembly in Node', threads: 2 };
  const probed = { available: true, environment };
  const crashed = { records: [{ id: 'op/relu', status: 'passed' }], error: 'ended by SIGSEGV' };
  const { engine, device, conformance, problems } = /** @type {import('./record.mjs').Present} */ (
    entryOf({ ...about, probed, conform: crashed, bench: { records: [], error: 'exit code 7' } })
  );
  expect({ engine, device, conformance }).toEqual({ engine: 'onnxruntime-web 1.30.0', device: 'WebAssembly' });
  expect(problems).toEqual(['conform: ended by SIGSEGV', 'bench: exit code 7']);
});
