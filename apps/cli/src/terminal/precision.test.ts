import type { BenchmarkReport, Measurement } from '@alexnet/benchmark';
import type { BackendReport, Check, EndToEnd } from '@alexnet/conformance';
import { describe, expect, it } from 'vitest';
import { benchmarkText } from './benchmark.ts';
import { stylesFor } from './colour.ts';
import { conformanceText } from './conformance.ts';
import { rooflineText } from './roofline.ts';
import { saturationText } from './saturation.ts';

const styles = stylesFor({}, {});

describe('the table of a benchmark', () => {
  const measured = (precision: Measurement['precision'], phase: Measurement['phase'], p50Ms: number): Measurement => ({
    candidate: 'gpu',
    precision,
    kind: 'ours',
    engine: 'engine',
    device: 'GPU',
    threads: 1,
    variant: 'caffenet',
    batch: 1,
    phase,
    samples: 9,
    p50Ms,
    p90Ms: p50Ms,
    p99Ms: p50Ms,
    ciLowMs: p50Ms,
    ciHighMs: p50Ms,
    outliers: 0,
  });
  const report = (...precisions: readonly Measurement['precision'][]): BenchmarkReport => ({
    schema: 'alexnet-benchmark/1',
    seed: 0,
    measurements: precisions.flatMap((precision, i) => [
      measured(precision, 'compile', 100 + i),
      measured(precision, 'warm', 20 + i),
    ]),
    memory: precisions.map((precision, i) => ({
      candidate: 'gpu',
      precision,
      variant: 'caffenet',
      programBytes: (240 - i) * 1e6,
    })),
    comparisons: precisions.slice(1).map((bPrecision) => ({
      variant: 'caffenet',
      batch: 1,
      a: 'gpu',
      aPrecision: 'f32',
      b: 'gpu',
      bPrecision,
      ratio: 1.5,
      ciLow: 1.4,
      ciHigh: 1.6,
      verdict: 'faster',
    })),
    refusals: [],
    warnings: [],
  });

  it('has no column for the precision where all is f32', () => {
    expect(benchmarkText(report('f32'), styles)).not.toMatch(/precision|f32/);
  });

  it('says what engines bring along, where that is known', () => {
    const shipped = [{ candidate: 'gpu', rawBytes: 13.2e6, gzipBytes: 3.31e6 }];
    expect(benchmarkText({ ...report('f32'), shipped }, styles)).toContain(
      'gpu: its engine is a download of 13.20 MB (3.31 compressed) in a page.',
    );
    expect(benchmarkText(report('f32'), styles)).not.toContain('download');
  });

  it('has one where more is timed, and keeps the phases and memory of precisions apart', () => {
    const text = benchmarkText(report('f32', 'q8'), styles);
    expect(text).toMatch(/candidate +precision +batch/);
    expect(text).toMatch(/gpu +f32 +1 +20\.0 .* 100\.0 .* 240$/m);
    expect(text).toMatch(/gpu +q8 +1 +21\.0 .* 101\.0 .* 239$/m);
    expect(text).toContain('gpu is 1.50 times as fast as gpu q8 at batch 1');
  });
});

describe('the ceiling', () => {
  it('stands beside networks and layers where it was measured', () => {
    const at = { candidate: 'gpu', precision: 'f32', variant: 'caffenet', batch: 1 } as const;
    const roofline = { ...at, bytesPerSecond: 6.9e10, macsPerSecond: 2e11, floorMs: 6.7, share: 0.67 };
    const layers = [
      { ...at, nodes: 'fc6+relu6', ms: 4, floorMs: 2, bound: 'memory' as const },
      { ...at, nodes: 'norm1', ms: 0.5 },
    ];
    const text = rooflineText({ rooflines: [roofline], layers }, 'caffenet', styles).join('\n');
    expect(text).toMatch(/gpu +1 +69\.0 +200\.0 +6\.700 +67 %/);
    expect(text).toMatch(/gpu +1 +fc6\+relu6 +4\.000 +2\.000 +50 % +memory/);
    expect(text).toMatch(/gpu +1 +norm1 +0\.500$/m);
    expect(rooflineText({}, 'caffenet', styles)).toEqual([]);
  });
});

it('says at which batch a candidate is saturated, and why the search ended', () => {
  const steps = [
    { batch: 1, imagesPerSecond: 100 },
    { batch: 2, imagesPerSecond: 150 },
    { batch: 4, imagesPerSecond: 155 },
  ];
  const found = {
    candidate: 'gpu',
    precision: 'q8',
    variant: 'caffenet',
    ...steps[1]!,
    ended: 'time was up',
    steps,
  } as const;
  expect(saturationText({ saturations: [found] }, 'caffenet', styles)[0]).toBe(
    'gpu q8 is saturated at batch 2: 150.0 of at most 155.0 images/s (time was up)',
  );
  expect(saturationText({}, 'caffenet', styles)).toEqual([]);
});

describe('the table of whole networks', () => {
  const check = (layer: string, precision?: 'q8'): Check => ({
    id: `network/caffenet/coffee/${layer}`,
    suite: 'network',
    name: layer,
    why: 'w',
    status: 'passed',
    variant: 'caffenet',
    image: 'coffee',
    layer,
    maxRatio: precision === undefined ? 0.25 : 0.5,
    ...(precision === undefined ? {} : { precision }),
    ms: 1,
  });
  const end = (precision?: 'q8'): EndToEnd => ({
    id: 'e',
    variant: 'caffenet',
    image: 'coffee',
    top1: { want: 1, got: 1, agrees: true },
    top5: { want: [1], got: [1], agrees: true },
    probability: { value: 1e-7, allowed: 1e-5 },
    logits: { value: 1e-6, allowed: 1e-4 },
    ...(precision === undefined ? {} : { precision }),
  });
  const backend = (id: string, checks: Check[], endToEnd: EndToEnd[]): BackendReport => ({
    backend: { id, environment: { engine: 'e', device: 'd', threads: 1, fallback: false, notes: [] } },
    checks,
    endToEnd,
    summary: { passed: checks.length, failed: 0, skipped: [] },
    ms: 1,
  });

  it('has a row of its own for each precision, of the backends that ran it', () => {
    const text = conformanceText(
      [
        backend('both', [check('fc6'), check('fc7'), check('fc6', 'q8')], [end(), end('q8')]),
        backend('f32-only', [check('fc6'), { ...check('fc6', 'q8'), status: 'skipped' }], [end()]),
      ],
      styles,
    );
    expect(text).toMatch(/caffenet +both +2\/2 +fc6 25% of budget +1\/1/);
    expect(text).toMatch(/caffenet +f32-only +1\/1/);
    expect(text).toMatch(/caffenet q8 +both +1\/1 +fc6 50% of budget +1\/1/);
    expect(text).not.toMatch(/caffenet q8 +f32-only/);
  });
});
