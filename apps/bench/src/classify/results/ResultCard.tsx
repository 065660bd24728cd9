import type { Tensor } from '@alexnet/core';
import { backendNames } from '../../engines/names.ts';
import type { Phase, Runner } from '../backends/runner.ts';
import type { Loaded } from '../classify.worker.ts';
import { FailureText } from '../parts/FailureText.tsx';
import { percent, topFive } from './classes.ts';

interface Props {
  readonly runner: Runner;
  /** What was asked for; a result of something else is on its way out. */
  readonly input: Tensor;
  readonly labels: readonly string[] | undefined;
}

const doing: Readonly<Record<Phase, string>> = {
  waiting: 'Waits for its turn',
  loading: 'Loads engine and weights',
  running: 'Runs',
  idle: '',
  failed: '',
};

/** What one backend says. */
export function ResultCard({ runner, input, labels }: Props) {
  const { id, phase, loaded, result, failure } = runner;
  const shown = result.value;
  const isOld = shown?.input !== input;
  return (
    <article class="opinion" aria-label={id}>
      <header>
        <h4>{id}</h4>
        <span class="time">
          {shown !== undefined && !isOld && `${milliseconds(shown.ms)} ms${shown.isFirst ? ', the first run' : ''}`}
        </span>
      </header>
      <p class="note">{backendNames[id]}</p>
      {failure.value !== undefined && <FailureText failure={failure.value} />}
      {shown !== undefined && (
        <ol class={isOld ? 'classes old' : 'classes'}>
          {topFive(shown.probabilities, labels).map(({ index, label, probability }) => (
            <li key={index}>
              <span class="label" title={label}>
                {label}
              </span>
              <span class="percent">{percent(probability)}</span>
              <span class="bar" aria-hidden="true">
                <span style={{ width: `${100 * (Number.isFinite(probability) ? probability : 0)}%` }} />
              </span>
            </li>
          ))}
        </ol>
      )}
      <p class="note engine">{isOld || phase.value === 'failed' ? doing[phase.value] : engineOf(loaded.value)}</p>
    </article>
  );
}

function engineOf(loaded: Loaded | undefined): string {
  if (loaded === undefined) return '';
  const { engine, device, threads, fallback } = loaded.environment;
  const how = threads > 1 ? `${device}, ${threads} threads` : device;
  return `${engine}, ${how}${fallback ? ', a slow substitute' : ''}; loaded in ${milliseconds(loaded.compileMs)} ms`;
}

function milliseconds(ms: number): string {
  return ms < 100 ? ms.toFixed(1) : ms.toFixed(0);
}
