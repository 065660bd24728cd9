import { type BenchmarkReport, labelOf, networkRunsOf } from '@alexnet/benchmark';
import { type BackendReport, numberOf } from '@alexnet/conformance';
import { grid, type Html, html } from './html.ts';

/** From photograph to class, nothing given on the way: a row for each network in each precision on each backend. Nothing where no network ran. */
export function endToEndTable(reports: readonly BackendReport[]): Html {
  const rows = networkRunsOf(reports).flatMap(({ network, includes }) =>
    reports.flatMap(({ backend, endToEnd }) => {
      const ends = endToEnd.filter(includes);
      if (ends.length === 0) return [];
      const agree = (rank: 'top1' | 'top5') => `${ends.filter((end) => end[rank].agrees).length} of ${ends.length}`;
      const worst = ends
        .map(({ probability }) => probability)
        .reduce((a, b) => (numberOf(b.value) > numberOf(a.value) ? b : a));
      const share = [exponential(numberOf(worst.value)), exponential(worst.allowed)];
      return [[network, backend.id, agree('top1'), agree('top5'), ...share]];
    }),
  );
  if (rows.length === 0) return html``;
  return html`<h3>From photograph to class</h3>${grid(
    ['network', 'backend', 'top-1 agrees', 'top-5 agrees', 'largest difference of a probability', 'allowed there'],
    rows,
  )}`;
}

/** Memory after a candidate compiled a network and ran it. */
export function memoryTable({ memory }: BenchmarkReport): Html {
  if (memory.length === 0) return html``;
  return html`<h3>Memory, megabytes</h3>
<p class="note">The growth of the process counts everything since before the engine was loaded; who comes second finds memory that the first left free.</p>
${grid(
  ['network', 'candidate', 'held by the program, as it says', 'of that on the device', 'growth of the process'],
  memory.map((record) => [
    record.variant,
    labelOf(record),
    megabytes(record.programBytes),
    record.deviceBytes === undefined ? 'not told' : megabytes(record.deviceBytes),
    record.processBytes === undefined ? 'not told' : megabytes(record.processBytes),
  ]),
)}`;
}

function exponential(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
