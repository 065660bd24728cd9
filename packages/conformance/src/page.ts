import type { Backend, BackendProvider } from '@alexnet/core';
import { element } from './page/element.ts';
import { jsonLink } from './page/json-link.ts';
import { failureList, resultTable } from './page/results.ts';
import { statusLine } from './page/status.ts';
import type { BackendReport, Check } from './report/report.ts';
import { type ConformanceOptions, type Progress, runConformance } from './run/run.ts';

/*
 * For a bare page: progress and results in an element, without any framework or style sheet.
 */

export interface RunInPageOptions extends Omit<ConformanceOptions, 'backend'> {
  /** One that is there, and stays; or where to get one, which is disposed at the end. */
  readonly backend: Backend | BackendProvider;
  /** What is shown goes here, in place of what it holds. */
  readonly element: HTMLElement;
}

/** How often the table is made anew, in milliseconds: checks end faster than screens show. */
const SHOWN_EVERY = 200;

/**
 * `runConformance` in a page. Shows a progress bar, how long it will take, a table of results, what failed and a link to the report as
 * JSON. What screen readers say of the progress is said once in a while, not for every check. Elements have classes and no styles.
 * Errors: those of `runConformance` and of the provider, which are also shown.
 */
export async function runInPage({
  backend: given,
  element: root,
  ...options
}: RunInPageOptions): Promise<BackendReport> {
  const status = statusLine();
  const results = element('div', { class: 'conformance-results' });
  root.replaceChildren(
    element('section', { class: 'conformance', 'aria-label': `Conformance of ${given.id}` }, status.element, results),
  );
  const checks: Check[] = [];
  const show = throttled(SHOWN_EVERY, () => results.replaceChildren(resultTable(given.id, checks)));
  try {
    const backend = 'create' in given ? await given.create() : given;
    try {
      const report = await runConformance({
        ...options,
        backend,
        onProgress(progress: Progress) {
          if (progress.stage === 'check') checks.push(progress.check);
          status.update(progress);
          show();
          options.onProgress?.(progress);
        },
      });
      status.end(report);
      results.replaceChildren(resultTable(given.id, report.checks), failureList(report.checks), jsonLink(report));
      return report;
    } finally {
      // whatever it does at its end, the report is there
      if (backend !== given) void Promise.resolve(backend[Symbol.asyncDispose]()).catch(() => undefined);
    }
  } catch (error) {
    status.fail(error);
    throw error;
  }
}

function throttled(ms: number, act: () => void): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - last < ms) return;
    last = now;
    act();
  };
}
