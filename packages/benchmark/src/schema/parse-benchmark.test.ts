import { describe, expect, it } from 'vitest';
import { benchmarkOf, compared, measured } from '../testing/records.ts';
import { linesOf } from './lines.ts';
import { parseBenchmark } from './parse-benchmark.ts';

const report = benchmarkOf({
  seed: 7,
  measurements: [measured({ candidate: 'a' }), measured({ candidate: 'b', p50Ms: 20 })],
  memory: [
    {
      candidate: 'a',
      precision: 'f32',
      variant: 'torchvision',
      programBytes: 244e6,
      deviceBytes: 240e6,
      processBytes: -1000,
    },
  ],
  comparisons: [compared('a', 'b', [2, 1.9, 2.1])],
  refusals: [{ candidate: 'c', precision: 'q8', variant: 'torchvision', reason: 'out of memory' }],
  clockStepMs: 0.005,
  noise: [{ variant: 'torchvision', batch: 1, spinMs: 2, spinSpread: 0.02, drift: 1.01, outlierShare: 0 }],
  rooflines: [
    {
      candidate: 'a',
      precision: 'f32',
      variant: 'torchvision',
      batch: 1,
      bytesPerSecond: 5e10,
      macsPerSecond: 2e11,
      floorMs: 8,
      share: 0.8,
    },
  ],
  layers: [
    {
      candidate: 'a',
      precision: 'f32',
      variant: 'torchvision',
      batch: 1,
      nodes: 'fc6+relu6',
      ms: 4,
      floorMs: 3,
      bound: 'memory',
    },
  ],
  saturations: [
    {
      candidate: 'a',
      precision: 'f32',
      variant: 'torchvision',
      batch: 2,
      imagesPerSecond: 150,
      ended: 'throughput no longer grew',
      steps: [
        { batch: 1, imagesPerSecond: 100 },
        { batch: 2, imagesPerSecond: 150 },
      ],
    },
  ],
  deliveries: [
    { variant: 'torchvision', from: 'cache', bytes: 244e6, samples: 7, p50Ms: 900, ciLowMs: 850, ciHighMs: 990 },
  ],
  shipped: [{ candidate: 'a', rawBytes: 13_000_000, gzipBytes: 3_300_000 }],
  warnings: ['The clock moves in steps of 1 ms: short times are coarse.'],
});
const lines = linesOf(report).map((line) => JSON.stringify(line));
const whole = `${lines.join('\n')}\n`;

describe('reading a benchmark', () => {
  it('gives back what was printed as lines', () => {
    expect(parseBenchmark(whole)).toEqual({ report, problems: [] });
    expect(parseBenchmark(whole.replaceAll('\n', '\r\n'))).toEqual({ report, problems: [] });
  });

  it.each([
    { form: 'on one line', content: JSON.stringify(report) },
    { form: 'on many lines', content: JSON.stringify(report, null, 2) },
    { form: 'that was parsed already', content: report },
    {
      form: 'of a survey',
      content: {
        schema: 'alexnet-survey/1',
        date: '2026-11-30T12:00:00.000Z',
        environment: {},
        conformance: [],
        benchmark: report,
      },
    },
  ])('reads a whole report $form', ({ content }) => {
    expect(parseBenchmark(content)).toEqual({ report, problems: [] });
  });

  it('reads lines that were cut off as far as they go, and says so', () => {
    const { report: part, problems } = parseBenchmark(
      `${lines.slice(0, 3).join('\n')}\n${lines[3]!.slice(0, 20)}`,
      'new.json',
    );
    expect(part).toEqual(benchmarkOf({ seed: 7, clockStepMs: 0.005, measurements: report.measurements }));
    expect(problems).toEqual([
      'new.json ends after 2 measurements without an end record: the run was stopped, or the file was cut off.',
    ]);
  });

  it('passes over lines of later versions and of other commands', () => {
    const among = ['{"backend":"a","id":"op/relu"}', lines[0], '{"record":"energy","joules":3}', '', ...lines.slice(1)];
    expect(parseBenchmark([...among, '{"passed":3}'].join('\n'))).toEqual({ report, problems: [] });
  });

  it('reads lines without a start, as they once were', () => {
    const { clockStepMs: _unknown, ...then } = report;
    expect(parseBenchmark(lines.slice(1).join('\n')).report).toEqual(then);
  });

  it.each([
    {
      why: 'a line lost in the middle',
      content: lines.toSpliced(2, 1).join('\n'),
      message: /says that there are 2 meas/,
    },
    { why: 'a line damaged in the middle', content: lines.with(2, '{"record":').join('\n'), message: /line 3/ },
    {
      why: 'a record with a wrong field',
      content: whole.replace('"threads":2', '"threads":"two"'),
      message: /threads is not what it should be.*line 2: threads/,
    },
    { why: 'two runs in one file', content: whole + whole, message: /second run/ },
    { why: 'lines of another version', content: whole.replaceAll('benchmark/1', 'benchmark/9'), message: /later one/ },
    { why: 'lines without a record', content: '{"passed":3}\n{"failed":0}', message: /no record of a benchmark/ },
    { why: 'a cut off report', content: JSON.stringify(report).slice(0, -40), message: /ends in the middle/ },
    { why: 'a report of another kind', content: { schema: 'alexnet-platforms/1' }, message: /alexnet-platforms\/1/ },
    { why: 'a number', content: 7, message: /not what it should be/ },
  ])('turns down $why', ({ content, message }) => {
    expect(() => parseBenchmark(content)).toThrow(
      expect.objectContaining({ code: 'invalid-file', message: expect.stringMatching(message) }),
    );
  });
});
