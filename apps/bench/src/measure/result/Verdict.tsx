import type { Advice, Survey } from '@alexnet/benchmark';
import { conforms } from '../run/outcome.ts';

export interface VerdictProps {
  readonly survey: Survey;
  readonly advice: readonly Advice[];
}

/** What to use, in a sentence for each network and batch size; or why there is nothing to use. */
export function Verdict({ survey, advice }: VerdictProps) {
  if (advice.length === 0) {
    const { refusals } = survey.benchmark;
    const wrong = survey.conformance.filter((report) => !conforms(report)).map(({ backend }) => backend.id);
    return (
      <div class="verdict-card failed">
        <p class="sentence">Nothing here can be recommended.</p>
        <ul>
          {wrong.map((id) => (
            <li key={id}>{id} does not conform.</li>
          ))}
          {refusals.map(({ candidate, reason }) => (
            <li key={candidate}>
              {candidate} {reason}
            </li>
          ))}
        </ul>
      </div>
    );
  }
  return (
    <>
      {advice.map(({ variant, batch, use, sentence, excluded }) => (
        <div key={`${variant} ${batch}`} class={use.length === 0 ? 'verdict-card failed' : 'verdict-card'}>
          <p class="sentence">{sentence}</p>
          <p class="note">
            For {variant}, {batch === 1 ? 'one image at a time' : `${batch} images at a time`}.
          </p>
          {excluded.length === 0 || use.length === 0 ? null : (
            <ul>
              {excluded.map(({ candidate, reason }) => (
                <li key={candidate}>
                  Not {candidate}: it {reason}
                </li>
              ))}
            </ul>
          )}
        </div>
      ))}
    </>
  );
}
