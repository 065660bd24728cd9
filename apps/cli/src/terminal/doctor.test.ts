import type { Examination, Finding } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { stylesFor } from './colour.ts';
import { doctorText } from './doctor.ts';

const text = (examination: Partial<Examination>) =>
  doctorText(
    {
      schema: 'alexnet-choice/1',
      findings: [],
      reasons: [],
      measuredAt: '2026-01-02T03:04:05.000Z',
      cached: false,
      ...examination,
    },
    stylesFor({}, {}),
  );

const none = { lacks: [], evidence: [], prescriptions: [] };
const right: Finding = {
  ...none,
  backend: 'wasm',
  status: 'warn',
  evidence: ['One thread: the page is not cross-origin isolated.'],
  prescriptions: ['Send the headers.'],
  environment: { engine: 'engine 1.0', device: 'WebAssembly', threads: 1, fallback: false, notes: [] },
  correctness: {
    network: 'net',
    passed: true,
    layers: [
      { name: 'conv1', error: 1e-8, allowed: 1e-6 },
      { name: 'prob', error: 5e-8, allowed: 1e-6 },
    ],
  },
  speed: { network: 'net', p50Ms: 2, ciLowMs: 1.5, ciHighMs: 2.5, turnsMs: [2] },
  download: { files: [], bytes: 3e6, gzipBytes: 1_250_000 },
};

describe('what the doctor says', () => {
  it('has a row for each backend, then evidence and prescriptions', () => {
    const said = text({ findings: [right], chosen: 'wasm', reasons: ['It is right.'], runnerUp: 'cpu' });
    expect(said).toMatch(/^warn +wasm +WebAssembly +1 +yes +5\.0 % +2\.00 +1\.50 - 2\.50 +1\.25 MB$/m);
    expect(said).toContain(
      'warn wasm: engine 1.0\n  One thread: the page is not cross-origin isolated.\n  → Send the headers.',
    );
    expect(said).toContain('Use wasm\n  It is right.\nWithout it: cpu.\nMeasured at 2026-01-02T03:04:05.000Z.');
  });

  it('says that a result was kept', () => {
    expect(text({ findings: [right], chosen: 'wasm', cached: true })).toContain(
      'Measured before, at 2026-01-02T03:04:05.000Z; --refresh measures again.',
    );
  });

  it('says what is wrong of one that fails, and that there is none to use', () => {
    const wrong = { ...right.correctness!, passed: false, layers: [{ name: 'conv1', error: null, allowed: 1e-6 }] };
    const { speed: _speed, ...untimed } = right;
    const said = text({ findings: [{ ...untimed, status: 'fail', lacks: ['conv1 is off.'], correctness: wrong }] });
    expect(said).toMatch(/^fail +wasm +WebAssembly +1 +no +beyond +- +- +1\.25 MB$/m);
    expect(said).toContain('fail wasm: engine 1.0\n  conv1 is off.');
    expect(said).toContain('No backend here is right and has what was asked for.');
  });

  it('says how a slow substitute that was left out is run', () => {
    const availability = { available: true, fallback: true, detail: 'software' };
    const said = text({
      findings: [
        { ...none, backend: 'gpu', status: 'warn', lacks: ['It is slow.'], availability, prescriptions: ['Allow it.'] },
      ],
    });
    expect(said).toMatch(/^warn +gpu( +-){7}$/m);
    expect(said).toContain('warn gpu\n  It is slow.\n  → --backend gpu checks and times it.');
    expect(said).not.toContain('Allow it.');
  });
});
