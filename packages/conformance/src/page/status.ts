import type { BackendReport } from '../report/report.ts';
import type { Progress } from '../run/run.ts';
import { element } from './element.ts';

/** Screen readers read the status aloud: not more often than this, in milliseconds. */
const SAID_EVERY = 10_000;

export interface StatusLine {
  readonly element: HTMLElement;
  update(progress: Progress): void;
  end(report: BackendReport): void;
  fail(error: unknown): void;
}

/** A progress bar with a line of text for eyes, and a status for screen readers. */
export function statusLine(): StatusLine {
  const bar = element('progress', { 'aria-label': 'Checks done', max: '1', value: '0' });
  const now = element('span', { class: 'conformance-now', 'aria-hidden': 'true' });
  const said = element('p', { class: 'conformance-status', role: 'status' }, 'The checks begin.');
  let saidAt = performance.now();
  const finish = (text: string) => {
    bar.remove();
    now.remove();
    said.textContent = text;
  };
  return {
    element: element('div', { class: 'conformance-progress' }, bar, ' ', now, said),
    update(progress) {
      const left = timeLeft(progress.secondsLeft);
      if (progress.stage === 'check') {
        bar.max = progress.total;
        bar.value = progress.done;
        now.textContent = `${progress.check.id}, ${left}`;
      } else {
        now.textContent = `the oracle computes ${progress.node} of ${progress.variant}, ${left}`;
      }
      if (performance.now() - saidAt < SAID_EVERY || progress.stage !== 'check') return;
      saidAt = performance.now();
      said.textContent = `${progress.done} of ${progress.total} checks done, ${left}.`;
    },
    end({ summary: { passed, failed, skipped } }) {
      const left = skipped.reduce((sum, { tests }) => sum + tests.length, 0);
      const verdict = failed === 0 ? 'The backend conforms' : 'The backend does not conform';
      finish(`${verdict}: ${passed} checks passed, ${failed} failed, ${left} skipped.`);
    },
    fail(error) {
      finish(`The run ended early: ${error instanceof Error ? error.message : String(error)}`);
    },
  };
}

function timeLeft(seconds: number): string {
  return seconds < 90 ? `about ${Math.ceil(seconds)} s left` : `about ${Math.round(seconds / 60)} min left`;
}
