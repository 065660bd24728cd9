import { AlexNetError } from '@alexnet/core';
import { DivergedError, type Metrics, type TrainingEvent, type TrainingResult } from '@alexnet/training';
import type { Context } from '../commands/command.ts';
import { createProgress } from '../terminal/progress.ts';
import { epochLine, stepLabel } from '../terminal/training.ts';

export interface Following {
  readonly epochs: number;
  /** The checkpoint that it goes on from. */
  readonly saved: string | undefined;
  readonly skipped: (image: { readonly path: string; readonly reason: string }) => Promise<void>;
}

/** Shows a training as it goes; returns what it came to, and how good the best epoch of this run was. */
export async function follow(
  events: AsyncGenerator<TrainingEvent, TrainingResult, undefined>,
  { epochs, skipped, ...before }: Following,
  { output }: Context,
): Promise<{ readonly result: TrainingResult; readonly metrics: Metrics | undefined }> {
  const progress = createProgress(output.progressStream);
  let metrics: Metrics | undefined;
  let { saved } = before;
  try {
    for (;;) {
      const next = await events.next();
      if (next.done === true) return { result: next.value, metrics };
      const event = next.value;
      switch (event.kind) {
        case 'step':
          progress.update(stepLabel(event, epochs), event.step + 1, epochs * event.batches, event.secondsLeft);
          break;
        case 'measuring':
          progress.update(`epoch ${event.epoch + 1}/${epochs}  validating`, event.done, event.total);
          break;
        case 'skipped':
          progress.clear();
          await skipped(event.image);
          break;
        case 'epoch':
          if (event.best) metrics = event.metrics;
          progress.clear();
          output.json({ ...event.record, epoch: event.record.epoch + 1, best: event.best });
          output.people(epochLine(event, epochs));
          break;
        case 'checkpoint':
          saved = event.name;
          break;
      }
    }
  } catch (error) {
    progress.clear();
    const kept = error instanceof DivergedError ? error.divergence.checkpoint : saved;
    if (kept !== undefined) {
      const isStopped = error instanceof AlexNetError && error.code === 'aborted';
      const until = isStopped ? 'Stopped. All until here' : 'What was trained before this';
      output.note(`${until} is in ${kept}: the same command with --resume goes on.`);
    }
    throw error;
  } finally {
    progress.clear();
  }
}
