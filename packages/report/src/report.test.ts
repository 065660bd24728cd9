import type { BenchmarkReport, Measurement } from '@alexnet/benchmark';
import type { BackendReport } from '@alexnet/conformance';
import { describe, expect, it } from 'vitest';
import { html } from './html.ts';
import { linearScale, logScale, short } from './plots/scale.ts';
import { renderReport } from './render.ts';

const environment = { engine: 'engine 1.0', device: 'CPU', threads: 2, fallback: false, notes: ['Two threads.'] };

function conformance(id: string, ratio: number | 'Infinity'): BackendReport {
  const failed = ratio === 'Infinity' || ratio > 1;
  return {
    backend: { id, environment },
    checks: [
      {
        id: 'network/bvlc-alexnet/coffee/conv1',
        suite: 'network',
        name: 'conv1 agrees',
        why: 'w',
        status: failed ? 'failed' : 'passed',
        op: 'conv2d',
        variant: 'bvlc-alexnet',
        image: 'coffee',
        layer: 'conv1',
        maxRatio: ratio,
        ...(failed ? { reason: 'off by <a lot>' } : {}),
        ms: 1,
      },
      {
        id: 'network/bvlc-alexnet/coffee/relu1',
        suite: 'network',
        name: 'relu1 agrees',
        why: 'w',
        status: 'passed',
        op: 'relu',
        variant: 'bvlc-alexnet',
        image: 'coffee',
        layer: 'relu1',
        maxRatio: 0,
        ms: 1,
      },
    ],
    endToEnd: ['coffee', 'rocket'].map((image, i) => ({
      id: `network/bvlc-alexnet/${image}/end-to-end`,
      variant: 'bvlc-alexnet',
      image,
      top1: { want: 504, got: failed ? 7 : 504, agrees: !failed },
      top5: { want: [504], got: [504], agrees: true },
      probability: { value: [3e-7, 2e-6][i]!, allowed: 4e-5 },
      logits: { value: 1e-6, allowed: 1e-4 },
    })),
    summary: {
      passed: failed ? 1 : 2,
      failed: failed ? 1 : 0,
      skipped: [{ reason: 'no <profiling>', tests: ['behaviour/profile', 'behaviour/profile-sum'] }],
    },
    ms: 2,
  };
}

const warm = (candidate: string, p50Ms: number): Measurement => ({
  candidate,
  kind: 'ours',
  engine: 'engine',
  device: 'CPU',
  threads: 2,
  variant: 'bvlc-alexnet',
  precision: 'f32',
  batch: 1,
  phase: 'warm',
  samples: 20,
  p50Ms,
  p90Ms: p50Ms * 1.2,
  p99Ms: p50Ms * 1.3,
  ciLowMs: p50Ms * 0.98,
  ciHighMs: p50Ms * 1.02,
  outliers: 0,
  imagesPerSecond: 1000 / p50Ms,
});

const benchmark = (low: number, high: number): BenchmarkReport => ({
  schema: 'alexnet-benchmark/1',
  seed: 0,
  measurements: [warm('quick', 10), warm('slow', 25)],
  memory: [{ candidate: 'quick', precision: 'f32', variant: 'bvlc-alexnet', programBytes: 244e6, processBytes: 502e6 }],
  comparisons: [
    {
      variant: 'bvlc-alexnet',
      batch: 1,
      a: 'quick',
      aPrecision: 'f32',
      b: 'slow',
      bPrecision: 'f32',
      ratio: 2.5,
      ciLow: low,
      ciHigh: high,
      verdict: low > 1 ? 'faster' : 'no difference shown',
    },
  ],
  refusals: [{ candidate: 'broken', precision: 'f32', variant: 'bvlc-alexnet', reason: 'does not conform' }],
  warnings: [],
});

const facts = { Node: '20' };

describe('a report', () => {
  it('says of each backend whether it conforms, and shows what failed', () => {
    const page = renderReport({ conformance: [conformance('good', 0.25), conformance('bad', 3)] }, facts);
    expect(page).toContain('conforms: 2 checks passed');
    expect(page).toContain('does not conform: 1 of 2 checks failed');
    expect(page).toContain('What bad fails');
    expect(page).not.toContain('What good fails');
    expect(page).toContain('good, conv1: 25 %');
    expect(page).toContain('good, relu1: exact');
  });

  it('claims the fastest only when the interval allows it', () => {
    expect(renderReport({ benchmark: benchmark(2.4, 2.6) }, facts)).toContain(
      'bvlc-alexnet, batch 1: Use quick here: 2.50 times as fast as slow (2.40 to 2.60)',
    );
    expect(renderReport({ benchmark: benchmark(0.9, 2.6) }, facts)).toContain('quick and slow: no difference shown');
  });

  it('recommends no backend that does not conform', () => {
    const checked = [conformance('quick', 3), conformance('slow', 0.25)];
    const page = renderReport({ benchmark: benchmark(2.4, 2.6), conformance: checked }, facts);
    expect(page).toContain('bvlc-alexnet, batch 1: Use slow here: ');
    expect(page).not.toContain('Use quick');
  });

  it('shows the time of layers beside the least they can take, where that was measured', () => {
    const at = { candidate: 'gpu', precision: 'f32', variant: 'bvlc-alexnet', batch: 1 } as const;
    const page = renderReport(
      {
        benchmark: {
          ...benchmark(2, 3),
          rooflines: [{ ...at, bytesPerSecond: 6.9e10, macsPerSecond: 2e11, floorMs: 6.7, share: 0.67 }],
          layers: [
            { ...at, nodes: 'fc6+relu6', ms: 4, floorMs: 2, bound: 'memory' },
            { ...at, nodes: 'norm1', ms: 0.5 },
          ],
        },
      },
      facts,
    );
    expect(page).toContain('<td>69.0</td><td>200.0</td><td>6.70</td><td>67 %</td>');
    expect(page).toContain('bvlc-alexnet on gpu, batch 1: time per layer');
    expect(page).toContain('4 ms, 50 % of the ceiling');
    expect(page).toContain('fc6+relu6: at least 2 ms');
    expect(page).not.toContain('norm1: at least');
    const without = renderReport({ benchmark: benchmark(2, 3) }, facts);
    expect(without).not.toMatch(/time per layer|how near to the ceiling/);
  });

  it('names who was not timed', () => {
    expect(renderReport({ benchmark: benchmark(2, 3) }, facts)).toMatch(
      /broken was not timed on bvlc-alexnet:<\/span> does not conform/,
    );
  });

  it('shows how far whole networks agree, with the worst of all photographs', () => {
    const page = renderReport({ conformance: [conformance('good', 0.25), conformance('bad', 3)] }, facts);
    expect(page).toContain('<td>good</td><td>2 of 2</td><td>2 of 2</td><td>2.0e-6</td><td>4.0e-5</td>');
    expect(page).toContain('<td>bad</td><td>0 of 2</td><td>2 of 2</td>');
  });

  it('counts what was skipped, and says why', () => {
    expect(renderReport({ conformance: [conformance('good', 0.25)] }, facts)).toMatch(
      /2 checks skipped<\/summary><ul><li>2: no &lt;profiling&gt;<\/li>/,
    );
  });

  it('shows a candidate in another precision as one of its own', () => {
    const f32 = benchmark(2.4, 2.6);
    const report: BenchmarkReport = {
      ...f32,
      measurements: [warm('quick', 10), { ...warm('quick', 4), precision: 'q8' }],
      memory: [...f32.memory, { ...f32.memory[0]!, precision: 'q8', programBytes: 69e6, deviceBytes: 61e6 }],
      comparisons: [{ ...f32.comparisons[0]!, a: 'quick', aPrecision: 'q8', b: 'quick' }],
      refusals: [{ ...f32.refusals[0]!, precision: 'q4' }],
    };
    const page = renderReport({ benchmark: report }, facts);
    expect(page).toContain('Use quick here: ');
    expect(page).toContain('Use quick q8 here: ');
    expect(page).toContain('<td>69</td><td>61</td>');
    expect(page).toContain('<td>quick q8</td><td>69</td>');
    expect(page).toContain('quick q8: 4.00 ms');
    expect(page).toContain('broken q4 was not timed on bvlc-alexnet');
  });

  it('shows networks with stored weights apart, and their layers not among those of f32', () => {
    const { endToEnd, checks, ...rest } = conformance('good', 0.25);
    const precision = 'q8';
    const stored = {
      ...rest,
      checks: [
        ...checks,
        { ...checks[0]!, id: 'network/bvlc-alexnet/coffee/fc6/q8', layer: 'fc6', precision, maxRatio: 2 },
      ],
      endToEnd: [...endToEnd, { ...endToEnd[0]!, id: 'network/bvlc-alexnet/coffee/end-to-end/q8', precision }],
    } as const;
    const page = renderReport({ conformance: [stored] }, facts);
    expect(page).toContain('<td>good</td><td>2 of 2</td>');
    expect(page).toMatch(/bvlc-alexnet q8<\/th><td>good<\/td><td>1 of 1<\/td>/);
    expect(page).not.toContain('good, fc6');
  });

  it('shows memory in megabytes', () => {
    expect(renderReport({ benchmark: benchmark(2, 3) }, facts)).toContain(
      '<td>quick</td><td>244</td><td>not told</td><td>502</td>',
    );
  });

  it('shows no axis where nothing ran warm, and no list where nothing was compared', () => {
    const { measurements, ...rest } = benchmark(2, 3);
    const load = { ...measurements[0]!, phase: 'load' } as const;
    const page = renderReport({ benchmark: { ...rest, measurements: [load], comparisons: [] } }, facts);
    expect(page).not.toMatch(/NaN|Infinity|time of one run|<ul>/);
    expect(page).toContain('where time goes');
  });

  it('escapes what comes from outside', () => {
    const page = renderReport(
      { conformance: [conformance('<script>alert(1)</script>', 'Infinity')] },
      { Node: '"><img>' },
    );
    expect(page).not.toContain('<script>');
    expect(page).not.toContain('<img>');
    expect(page).toContain('off by &lt;a lot&gt;');
  });

  it('loads nothing and closes what it opens', () => {
    const page = renderReport({ conformance: [conformance('a', 0.1)], benchmark: benchmark(2, 3) }, facts);
    expect(page).not.toMatch(/(src|href)=|url\(|@import/);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    const count = (pattern: string) => page.match(new RegExp(pattern, 'g'))?.length ?? 0;
    const tags = ['svg', 'figure', 'table', 'section', 'details', 'text', 'p', 'li'];
    expect(tags.map((tag) => [tag, count(`<${tag}[ >]`)])).toEqual(tags.map((tag) => [tag, count(`</${tag}>`)]));
  });

  it('describes every picture to those who do not see it', () => {
    const page = renderReport({ conformance: [conformance('a', 0.1)], benchmark: benchmark(2, 3) }, facts);
    expect(page.match(/<svg /g)).toHaveLength(4);
    expect(page.match(/role="img" aria-label="[^"]+"><title>[^<]+<\/title><desc>[^<]+<\/desc>/g)).toHaveLength(4);
  });
});

describe('scales', () => {
  it.each([
    { why: 'log: the middle decade is in the middle', scale: logScale(0.1, 10, 0, 100), value: 1, want: 50 },
    { why: 'log: below the lowest is on the edge', scale: logScale(0.1, 10, 0, 100), value: 0, want: 0 },
    { why: 'linear: widened to a round number', scale: linearScale(47, 0, 100), value: 25, want: 50 },
  ])('$why', ({ scale, value, want }) => {
    expect(scale.at(value)).toBeCloseTo(want, 9);
  });

  it('have round ticks', () => {
    expect(linearScale(47, 0, 1).ticks).toEqual([0, 10, 20, 30, 40, 50]);
    expect(logScale(3, 40, 0, 1).ticks).toEqual([1, 10, 100]);
  });

  it.each([
    [0, '0'],
    [0.0001, '1e-4'],
    [0.123456, '0.123'],
    [1234.5, '1,230'],
  ])('show %d as %s', (value, text) => {
    expect(short(value)).toBe(text);
  });
});

it('markup escapes text in elements and attributes, and keeps markup', () => {
  expect(html`<a title="${'"<'}">${html`<b>${'&'}</b>`}${[1, 'x']}</a>`.markup).toBe(
    '<a title="&quot;&lt;"><b>&amp;</b>1x</a>',
  );
});
