import { adviceOf, type BenchmarkReport, labelOf } from '@alexnet/benchmark';
import { type BackendReport, numberOf } from '@alexnet/conformance';
import { failures } from './failures.ts';
import { type Html, html } from './html.ts';
import { budgetPlot, networksOf } from './plots/budget.ts';
import { latencyPlot } from './plots/latency.ts';
import { ceilingTable, layersPlot } from './plots/layers.ts';
import { phasesPlot } from './plots/phases.ts';
import { workPlot } from './plots/work.ts';
import { style } from './style.ts';
import { endToEndTable, memoryTable } from './tables.ts';

/** What a report shows; each part may be left out. */
export interface ReportContent {
  readonly conformance?: readonly BackendReport[];
  readonly benchmark?: BenchmarkReport;
}

/** Facts about where and when, shown under the title. */
export type Facts = Readonly<Record<string, string>>;

/** One self-contained HTML page: verdicts first, then plots, each with its numbers. Loads nothing. */
export function renderReport({ conformance = [], benchmark }: ReportContent, facts: Facts): string {
  const timed = [...new Set(benchmark?.measurements.map(({ variant }) => variant))];
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>AlexNet backends: report</title><style>${{ markup: style }}</style></head><body><main>
<h1>AlexNet on this machine</h1>
<p class="lead">${Object.entries(facts)
    .map(([key, value]) => `${key} ${value}`)
    .join(' · ')}</p>
${conformance.length === 0 ? '' : html`<div class="cards">${conformance.map(card)}</div>`}
${benchmark === undefined ? '' : summary({ conformance, benchmark })}
${
  conformance.length === 0
    ? ''
    : html`<h2>Do the backends agree?</h2>
<p class="lead">Every layer gets the float64 oracle's own previous layer as input, so no layer can hide in another. The error of each element is
divided by the error that a correct float32 kernel may make there.</p>
${networksOf(conformance).map((variant) => budgetPlot(variant, conformance))}${endToEndTable(conformance)}${conformance.map(failures)}`
}
${
  benchmark === undefined
    ? ''
    : html`<h2>Which is fastest?</h2>
<p class="lead">Only backends that conform are timed. All take turns in every round, in a shuffled order, on different photographs.</p>
${timed.map((variant) => html`${latencyPlot(variant, benchmark.measurements)}${phasesPlot(variant, benchmark.measurements)}${workPlot(variant)}${ceilingTable(variant, benchmark)}${layersPlot(variant, benchmark)}`)}
${memoryTable(benchmark)}
${benchmark.warnings.map((warning) => html`<p class="note">${warning}</p>`)}`
}
</main></body></html>
`;
  return page.markup;
}

function card({ backend, checks, endToEnd, summary: { passed, failed, skipped } }: BackendReport): Html {
  const ratios = checks.flatMap(({ maxRatio }) => (maxRatio === undefined ? [] : [numberOf(maxRatio)]));
  const agree = endToEnd.filter(({ top1 }) => top1.agrees).length;
  const { engine, device, threads, notes } = backend.environment;
  return html`<section class="card ${failed === 0 ? '' : 'failed'}"><h3>${backend.id}</h3>
<p class="verdict">${failed === 0 ? `conforms: ${passed} checks passed` : `does not conform: ${failed} of ${passed + failed} checks failed`}</p>
<p>${engine}, ${device}, ${threads} ${threads === 1 ? 'thread' : 'threads'}. The worst element took ${percent(Math.max(0, ...ratios))} of its budget${endToEnd.length === 0 ? '' : `; the first class agrees in ${agree} of ${endToEnd.length} classifications`}.</p>
${notes.length === 0 ? '' : html`<p class="note">${notes.join(' ')}</p>`}
${skips(skipped)}</section>`;
}

function skips(skipped: BackendReport['summary']['skipped']): Html {
  if (skipped.length === 0) return html``;
  const count = skipped.reduce((sum, { tests }) => sum + tests.length, 0);
  return html`<details><summary>${count} ${count === 1 ? 'check' : 'checks'} skipped</summary><ul>${skipped.map(
    ({ reason, tests }) => html`<li>${tests.length}: ${reason}</li>`,
  )}</ul></details>`;
}

/** What may be claimed: for every network and batch size which backend to use, then who was not timed. */
function summary({ conformance = [], benchmark }: Required<Pick<ReportContent, 'benchmark'>> & ReportContent): Html {
  const advice = adviceOf({ benchmark, ...(conformance.length === 0 ? {} : { conformance }) });
  return html`${advice.length === 0 ? '' : html`<ul>${advice.map(({ variant, batch, sentence }) => html`<li>${variant}, batch ${batch}: ${sentence}</li>`)}</ul>`}
${benchmark.refusals.map((refusal) => html`<p class="failed"><span class="verdict">${labelOf(refusal)} was not timed on ${refusal.variant}:</span> ${refusal.reason}</p>`)}`;
}

function percent(ratio: number): string {
  return Number.isFinite(ratio) ? `${(100 * ratio).toFixed(0)} %` : 'more than all';
}
