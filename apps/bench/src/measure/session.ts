import type { Survey } from '@alexnet/benchmark';
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { BackendId } from '../engines/names.ts';
import type { NetworkChoice } from './choice/network-choice.ts';
import { measureAll } from './run/measure-all.ts';
import type { Outcome } from './run/outcome.ts';
import type { Overall } from './run/overall.ts';

export interface RunProgress extends Overall {
  readonly label: string;
}

/** A result on the page; what shows it is loaded with the first one. */
export interface Shown {
  readonly survey: Survey;
  /** The name of the file that it was read from; absent: it was measured just now. */
  readonly file?: string;
  readonly View: ComponentType<{ readonly survey: Survey; readonly file?: string }>;
}

/** The measuring half of the page: what is going on, and what can be done. */
export interface Session {
  /** Defined while it measures. */
  readonly progress: ReadonlySignal<RunProgress | undefined>;
  readonly outcomes: ReadonlySignal<ReadonlyMap<BackendId, Outcome>>;
  readonly shown: ReadonlySignal<Shown | undefined>;
  /** What went wrong, or that it was cancelled. */
  readonly message: ReadonlySignal<{ readonly kind: 'problem' | 'note'; readonly text: string } | undefined>;
  start(what: {
    readonly backends: readonly BackendId[];
    readonly network: NetworkChoice;
    readonly environment: Readonly<Record<string, string>>;
  }): Promise<void>;
  cancel(): void;
  /** Shows a result that was saved. What is no such file is said in `message`. */
  open(file: File): Promise<void>;
}

export function createSession(): Session {
  const progress = signal<RunProgress | undefined>(undefined);
  const outcomes = signal<ReadonlyMap<BackendId, Outcome>>(new Map());
  const shown = signal<Shown | undefined>(undefined);
  const message: Signal<{ readonly kind: 'problem' | 'note'; readonly text: string } | undefined> = signal(undefined);
  let controller = new AbortController();
  const problem = (error: unknown) => {
    message.value = { kind: 'problem', text: error instanceof Error ? error.message : String(error) };
  };
  return {
    progress,
    outcomes,
    shown,
    message,
    async start(what) {
      controller = new AbortController();
      const { signal: abort } = controller;
      message.value = undefined;
      shown.value = undefined;
      outcomes.value = new Map(what.backends.map((backend) => [backend, { kind: 'waits' }]));
      progress.value = { label: 'starts', done: 0 };
      try {
        const survey = await measureAll({
          ...what,
          signal: abort,
          onProgress: (now) => {
            progress.value = now;
          },
          onOutcome: (backend, outcome) => {
            outcomes.value = new Map(outcomes.value).set(backend, outcome);
          },
        });
        const { Result } = await import('./result/Result.tsx');
        shown.value = { survey, View: Result };
      } catch (error) {
        if (abort.aborted) message.value = { kind: 'note', text: 'Cancelled. Nothing runs any more.' };
        else problem(error);
      } finally {
        progress.value = undefined;
      }
    },
    cancel: () => controller.abort(),
    async open(file) {
      message.value = undefined;
      try {
        const [{ readSurvey }, { Result }] = await Promise.all([
          import('./result/read-survey.ts'),
          import('./result/Result.tsx'),
        ]);
        shown.value = { survey: await readSurvey(file), file: file.name, View: Result };
      } catch (error) {
        problem(error);
      }
    },
  };
}
