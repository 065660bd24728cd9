import {
  adviceOf,
  type BenchmarkReport,
  type Comparison,
  labelOf,
  type Measurement,
  type MemoryRecord,
  pairOf,
  type Shipped,
} from '@alexnet/benchmark';
import type { BackendReport } from '@alexnet/conformance';
import type { Styles } from './colour.ts';
import { deliveryText } from './delivery.ts';
import { rooflineText } from './roofline.ts';
import { saturationText } from './saturation.ts';
import { table } from './table.ts';

/**
 * What a benchmark measured, for people: a table per network, then what may be claimed, then which backend to use, among those that conform where the
 * suite ran too.
 */
export function benchmarkText(report: BenchmarkReport, styles: Styles, conformance?: readonly BackendReport[]): string {
  const advice = adviceOf({ benchmark: report, ...(conformance === undefined ? {} : { conformance }) });
  const variants = [...new Set(report.measurements.map(({ variant }) => variant))];
  return [
    ...variants.flatMap((variant) => [
      styles.bold(variant),
      table(rowsOf(report, variant), {
        right: [
          'batch',
          'p50 ms',
          '95 % interval',
          'p90 ms',
          'p99 ms',
          'images/s',
          'compile ms',
          'first ms',
          'holds MB',
        ],
        styles,
      }),
      '',
      ...claims(report, variant, styles),
      ...advice
        .filter((one) => one.variant === variant)
        .map(({ batch, sentence }) => `${styles.bold(`batch ${batch}:`)} ${sentence}`),
      '',
      ...deliveryText(report, variant),
      ...rooflineText(report, variant, styles),
      ...saturationText(report, variant, styles),
    ]),
    ...(report.shipped ?? []).map(shippedText),
    ...report.refusals.map((refusal) =>
      styles.bad(`${labelOf(refusal)} was not timed on ${refusal.variant}: ${refusal.reason}`),
    ),
    ...report.warnings.map((warning) => styles.warn(warning)),
  ]
    .join('\n')
    .trimEnd();
}

function rowsOf({ measurements, memory }: BenchmarkReport, variant: string) {
  const warm = measurements.filter((m) => m.variant === variant && m.phase === 'warm');
  const quantised = warm.some(({ precision }) => precision !== 'f32');
  return warm.map((timed) => {
    const { candidate, precision, batch, p50Ms, ciLowMs, ciHighMs, p90Ms, p99Ms, imagesPerSecond } = timed;
    const same = (m: Measurement | MemoryRecord) =>
      m.candidate === candidate && m.precision === precision && m.variant === variant;
    const phase = (name: Measurement['phase']) => measurements.find((m) => same(m) && m.phase === name)?.p50Ms;
    return {
      candidate,
      ...(quantised ? { precision } : {}),
      batch: String(batch),
      'p50 ms': ms(p50Ms),
      '95 % interval': `${ms(ciLowMs)} - ${ms(ciHighMs)}`,
      'p90 ms': ms(p90Ms),
      'p99 ms': ms(p99Ms),
      'images/s': (imagesPerSecond ?? 0).toFixed(1),
      'compile ms': ms(phase('compile') ?? Number.NaN),
      'first ms': ms(phase('first-run') ?? Number.NaN),
      'holds MB': megabytes(memory.find(same)?.programBytes),
    };
  });
}

/** One sentence per pair; a win is claimed only when the interval of the ratio does not hold 1. */
function claims({ comparisons }: BenchmarkReport, variant: string, styles: Styles): string[] {
  return comparisons
    .filter((comparison) => comparison.variant === variant)
    .map((comparison) => claim(comparison, styles));
}

export function claim(comparison: Comparison, styles: Styles): string {
  const { batch, ratio, ciLow, ciHigh, verdict } = comparison;
  const [a, b] = pairOf(comparison);
  const at = `at batch ${batch}`;
  const times = (x: number) => x.toFixed(2);
  switch (verdict) {
    case 'faster':
      return `${styles.good(a)} is ${styles.bold(times(ratio))} times as fast as ${b} ${at} (${times(ciLow)} to ${times(ciHigh)})`;
    case 'slower':
      return `${styles.good(b)} is ${styles.bold(times(1 / ratio))} times as fast as ${a} ${at} (${times(1 / ciHigh)} to ${times(1 / ciLow)})`;
    case 'no difference shown':
      return styles.dim(`${a} and ${b}: no difference shown ${at} (ratio ${times(ciLow)} to ${times(ciHigh)})`);
  }
}

/** What an engine sends over the network, where it runs in a page. */
function shippedText({ candidate, rawBytes, gzipBytes }: Shipped): string {
  const compressed = gzipBytes === undefined ? '' : ` (${(gzipBytes / 1e6).toFixed(2)} compressed)`;
  return `${candidate}: its engine is a download of ${(rawBytes / 1e6).toFixed(2)} MB${compressed} in a page.`;
}

/** What the program itself says it holds: the process's own growth depends on what ran before. */
function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? '' : (bytes / 1e6).toFixed(0);
}

function ms(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}
