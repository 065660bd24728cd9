import { expect, it } from 'vitest';
import { renderPlatforms } from './render.mjs';

/** @typedef {import('./record.mjs').Present} Present */

/** @param {Partial<Present>} differences @returns {Present} */
const entry = (differences) => ({
  ...{ backend: 'onnx-node', engine: 'onnxruntime-node 1.30.0', device: 'CPU', threads: 2, substitute: false },
  conformance: { passed: 297, failed: 0, failures: [], skipped: [] },
  timings: [],
  starts: [],
  problems: [],
  ...differences,
});

/** @param {string} variant @param {number} batch @param {number} p50Ms @param {number} samples */
const timing = (variant, batch, p50Ms, samples = 36) => ({
  ...{ variant, batch, samples, p50Ms },
  ...{ ciLowMs: p50Ms * 0.75, ciHighMs: p50Ms * 1.5 },
});

/** @param {readonly import('./record.mjs').Place[]} places */
const render = (...places) =>
  renderPlatforms({
    schema: 'alexnet-platforms/1',
    machine: { processor: 'AMD EPYC', cores: 2, system: 'linux x64' },
    places,
  });

/** @param {string} text the rows below the two of the head */
const rowsOf = (text) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) =>
      line
        .slice(2, -2)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );

it('shows a backend in one row: speed with its interval, first run and memory, checks', () => {
  const measured = entry({
    conformance: { passed: 297, failed: 0, failures: [], skipped: [{ reason: 'Not now', tests: 7 }] },
    timings: [timing('bvlc-alexnet', 1, 8), timing('torchvision', 1, 20), timing('bvlc-alexnet', 8, 40)],
    starts: [
      { variant: 'torchvision', compileMs: 5, firstRunMs: 6, bytes: 7e6 },
      { variant: 'bvlc-alexnet', compileMs: 3000, firstRunMs: 176.8, bytes: 243.9e6 },
    ],
  });
  expect(rowsOf(render({ name: 'Node', version: '20.20.2', backends: [measured] }))).toEqual([
    [
      ...['Node', '`onnx-node`', 'onnxruntime-node 1.30.0', 'CPU × 2', '297 / 0 / 7'],
      ...['8.00 (6.00 to 12.0)', '20.0 (15.0 to 30.0)', '200, -', '177', '244'],
    ],
  ]);
});

it('sorts by place, then by the time of the first network, and backends without a time last', () => {
  /** @param {string} backend @param {number} [ms] */
  const at = (backend, ms) => entry({ backend, timings: ms === undefined ? [] : [timing('bvlc-alexnet', 1, ms)] });
  const text = render(
    { name: 'Node', version: '20', backends: [at('broken'), at('slow', 90), at('broken-too'), at('fast', 9)] },
    { name: 'Chromium', version: '147', backends: [at('slower', 11), at('faster', 3)] },
  );
  expect(rowsOf(text).map(([place, backend]) => `${place} ${backend}`)).toEqual([
    ...['Node `fast`', 'Node `slow`', 'Node `broken`', 'Node `broken-too`'],
    ...['Chromium `faster`', 'Chromium `slower`'],
  ]);
});

it.each([
  [
    { processor: 'AMD EPYC' },
    'Measured on 2 cores of an AMD EPYC (linux x64), in Node 20.20.2 and headless Chromium 147.0.',
  ],
  [{ processor: 'Neoverse-N1' }, 'Measured on 2 cores of a Neoverse-N1 (linux x64)'],
])('says on what was measured: %o', (machine, said) => {
  const text = renderPlatforms({
    schema: 'alexnet-platforms/1',
    machine: { cores: 2, system: 'linux x64', ...machine },
    places: [
      { name: 'Node', version: '20.20.2', backends: [entry({})] },
      { name: 'Chromium', version: '147.0', backends: [] },
    ],
  });
  expect(text.split('\n')[0]).toContain(said);
  expect(text).not.toContain('GPU');
});

it('says which GPU backends ran in software; plain JavaScript is none of them', () => {
  const substitute = true;
  const text = render(
    { name: 'Node', version: '20', backends: [entry({ backend: 'webgpu', device: 'google swiftshader', substitute })] },
    {
      name: 'Chromium',
      version: '147',
      backends: [
        entry({ backend: 'webgpu', device: 'google swiftshader', substitute }),
        entry({ backend: 'tfjs-webgl', device: 'WebGL 2', substitute }),
        entry({ backend: 'tfjs-cpu', device: 'JavaScript', substitute }),
      ],
    },
  );
  expect(text).toContain('There is no GPU: `webgpu`, `tfjs-webgl` ran in software (google swiftshader; WebGL 2)');
});

it.each([
  [
    'WebGL 2: ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)',
    'WebGL 2: SwiftShader',
  ],
  ['WebGL 2: ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 (0x00002503), D3D11)', 'WebGL 2: ANGLE (NVIDIA, NVIDIA GeForce…'],
  ['webgpu: NVIDIA ampere', 'webgpu: NVIDIA ampere'],
])('keeps the cell of %s short', (device, cell) => {
  const [row] = rowsOf(render({ name: 'Chromium', version: '147', backends: [entry({ device, threads: 1 })] }));
  expect(row?.[3]).toBe(cell);
});

it('marks an interval of fewer than nine runs, and explains the mark only then', () => {
  /** @param {number} samples */
  const withRuns = (samples) =>
    render({ name: 'Node', version: '20', backends: [entry({ timings: [timing('bvlc-alexnet', 1, 800, samples)] })] });
  expect(withRuns(8)).toContain('800 (600 to 1200)\\* |');
  expect(withRuns(8)).toContain('fewer than 9 runs');
  expect(withRuns(9)).toContain('800 (600 to 1200) |');
  expect(withRuns(9)).not.toContain('\\*');
});

it('names failures and what is not here, and why', () => {
  const text = render({
    name: 'Chromium',
    version: '147',
    backends: [
      { backend: 'onnx-webgpu', missing: 'There is no WebGPU adapter here' },
      entry({
        backend: 'webgpu',
        conformance: { passed: 5, failed: 2, failures: ['op/lrn/a', 'op/lrn/b'], skipped: [] },
      }),
      entry({ backend: 'tfjs-webgl', problems: ['torchvision: the context was lost.'] }),
    ],
  });
  expect(text).toContain('- `onnx-webgpu` is not available in Chromium: There is no WebGPU adapter here.');
  expect(text).toContain('| 5 / **2** / 0 |');
  expect(text).toContain('- `webgpu` in Chromium fails `op/lrn/a`, `op/lrn/b`.\n');
  expect(text).toContain('- `tfjs-webgl` in Chromium, torchvision: the context was lost.');
});

it('names three of many failures, and how many more there are', () => {
  const conformance = { passed: 5, failed: 5, failures: ['a', 'b', 'c', 'd', 'e'], skipped: [] };
  const text = render({ name: 'Node', version: '20', backends: [entry({ conformance })] });
  expect(text).toContain('- `onnx-node` in Node fails `a`, `b`, `c` and 2 more.');
});

it('shows a dash where the suite did not run to the end', () => {
  const { conformance: _none, ...rest } = entry({ problems: ['conform: ended by SIGSEGV'] });
  const [row] = rowsOf(render({ name: 'Node', version: '20', backends: [rest] }));
  expect(row?.slice(4)).toEqual(['-', '-', '-', '-', '-', '-']);
});

it('gives one line to all that the same backends skip, with issues', () => {
  /** @param {string} backend @param {import('./record.mjs').Skip[]} skipped */
  const skipping = (backend, ...skipped) =>
    entry({ backend, conformance: { passed: 1, failed: 0, failures: [], skipped } });
  const nan = [
    { reason: 'The backend does not declare strictNonFinite: NaN may be lost', tests: 24 },
    { reason: 'The backend does not declare strictNonFinite', tests: 1 },
  ];
  const q8 = { reason: 'The backend does not declare the precision q8', tests: 60 };
  const deviation = { reason: 'Its pooling starts at -1e20.', tests: 1, issue: 'tensorflow/tfjs#1' };
  const f16 = { reason: 'The backend does not declare the precision f16', tests: 60 };
  const text = render(
    { name: 'Node', version: '20', backends: [skipping('onnx-node', ...nan, f16, q8), skipping('tfjs-node', ...nan)] },
    {
      name: 'Chromium',
      version: '147',
      backends: [skipping('onnx-node', ...nan, f16, q8), skipping('tfjs-webgl', deviation)],
    },
  );
  expect(text.split('\n').filter((line) => line.startsWith('- '))).toEqual([
    '- Skipped on `onnx-node`, `tfjs-node`: no promise for NaN and infinities.',
    '- Skipped on `onnx-node`: no f16 weights; no q8 weights.',
    '- Skipped on `tfjs-webgl`: Its pooling starts at -1e20 (tensorflow/tfjs#1).',
  ]);
});

it('keeps a bar in a name from ending its cell', () => {
  const [row] = rowsOf(render({ name: 'Node', version: '20', backends: [entry({ device: 'A | B', threads: 1 })] }));
  expect(row?.[3]).toBe('A \\| B');
});
