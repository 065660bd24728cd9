import { type BackendId, backendNames } from '../../engines/names.ts';
import { conforms, type Outcome } from '../run/outcome.ts';

/** What became of each backend so far. */
export function Outcomes({ outcomes }: { readonly outcomes: ReadonlyMap<BackendId, Outcome> }) {
  return (
    <ul class="outcomes" aria-label="Backends so far">
      {[...outcomes].map(([id, outcome]) => {
        const { sign, style, text } = shown(outcome);
        return (
          <li key={id} class={style}>
            <span class="sign" aria-hidden="true">
              {sign}
            </span>
            <span>
              {backendNames[id]} <code>{id}</code>: <span class="verdict">{text}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function shown(outcome: Outcome): { readonly sign: string; readonly style: string; readonly text: string } {
  switch (outcome.kind) {
    case 'waits':
      return { sign: '·', style: 'waits', text: 'waits' };
    case 'runs':
      return { sign: '›', style: 'runs', text: outcome.label };
    case 'broke':
      return { sign: '✕', style: 'failed', text: outcome.text };
    case 'judged': {
      const { passed, failed } = outcome.report.summary;
      if (conforms(outcome.report)) return { sign: '✓', style: 'passed', text: `conforms, ${passed} checks passed` };
      return {
        sign: '✕',
        style: 'failed',
        text: `does not conform, ${failed} of ${passed + failed} checks failed`,
      };
    }
  }
}
