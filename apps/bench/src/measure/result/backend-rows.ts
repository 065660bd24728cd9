import type { Measurement, Shipped, Survey } from '@alexnet/benchmark';
import { bytesText } from '../../app/bytes.ts';
import { conforms } from '../run/outcome.ts';

/** One backend in numbers, as text. */
export interface BackendRow {
  readonly id: string;
  readonly conforms: boolean;
  readonly cells: readonly { readonly head: string; readonly text: string }[];
}

const unknown = '–';

/** A row for every backend that was checked or refused, fastest first, on the first network and batch size that were timed. */
export function backendRows({ conformance, benchmark, shipped = [] }: Survey): BackendRow[] {
  const first = benchmark.measurements.find(({ phase, precision }) => phase === 'warm' && precision === 'f32');
  const of = (id: string, phase: string) =>
    benchmark.measurements.find(
      (m) => m.candidate === id && m.phase === phase && m.precision === 'f32' && m.variant === first?.variant,
    );
  const speed = (id: string) => of(id, 'warm')?.p50Ms ?? Number.POSITIVE_INFINITY;
  const ids = new Set([
    ...conformance.map(({ backend }) => backend.id),
    ...benchmark.refusals.map(({ candidate }) => candidate),
  ]);
  return [...ids]
    .toSorted((a, b) => speed(a) - speed(b))
    .map((id) => {
      const report = conformance.find(({ backend }) => backend.id === id);
      const warm = of(id, 'warm');
      const sent = shipped.find(({ candidate }) => candidate === id);
      const held = benchmark.memory.find(({ candidate, variant }) => candidate === id && variant === first?.variant);
      const start = ['load', 'compile', 'first-run'].map((phase) => of(id, phase)?.p50Ms);
      return {
        id,
        conforms: report !== undefined && conforms(report),
        cells: [
          { head: 'Checks', text: checksText(report?.summary) },
          {
            head: 'One image',
            text: warm === undefined ? unknown : interval(warm),
          },
          {
            head: 'To the first result',
            text: start.some((time) => time === undefined)
              ? unknown
              : ms(start.reduce<number>((sum, time) => sum + time!, 0)),
          },
          { head: 'Downloads', text: sent === undefined ? unknown : sentText(sent) },
          { head: 'Holds', text: held === undefined ? unknown : bytesText(held.programBytes) },
          { head: 'Runs on', text: report === undefined ? unknown : deviceText(report.backend.environment) },
        ],
      };
    });
}

function checksText(summary: { readonly passed: number; readonly failed: number } | undefined): string {
  if (summary === undefined) return 'not finished';
  const { passed, failed } = summary;
  return failed === 0 ? `✓ ${passed} passed` : `✕ ${failed} of ${passed + failed} failed`;
}

function sentText({ rawBytes, gzipBytes = rawBytes }: Shipped): string {
  return rawBytes === 0 ? 'nothing' : bytesText(gzipBytes);
}

function deviceText({ device, threads }: { readonly device: string; readonly threads: number }): string {
  return threads === 1 ? device : `${device}, ${threads} threads`;
}

/** The median, and in brackets its interval. */
function interval({ p50Ms, ciLowMs, ciHighMs }: Measurement): string {
  return `${digits(p50Ms)} ms (${digits(ciLowMs)} to ${digits(ciHighMs)})`;
}

function ms(value: number): string {
  return value < 999.5 ? `${digits(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** Three of them, as far as they say anything. */
function digits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}
