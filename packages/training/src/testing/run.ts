import { memoryStore } from '../checkpoint/memory-store.ts';
import type { TrainingEvent } from '../loop/events.ts';
import type { TrainOptions } from '../loop/options.ts';
import { type TrainingResult, train } from '../loop/train.ts';
import { options } from './small-training.ts';

export interface Seen {
  readonly events: readonly TrainingEvent[];
  readonly result: TrainingResult | undefined;
  readonly error: unknown;
}

/** Runs a training to its end, or until `leave` says so. */
export async function run(given: TrainOptions, leave: (event: TrainingEvent) => boolean = () => false): Promise<Seen> {
  const events: TrainingEvent[] = [];
  const iterator = train(given);
  try {
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return { events, result: next.value, error: undefined };
      events.push(next.value);
      if (!leave(next.value)) continue;
      await iterator.return(undefined as never);
      return { events, result: undefined, error: undefined };
    }
  } catch (error) {
    return { events, result: undefined, error };
  }
}

export const of = <K extends TrainingEvent['kind']>(events: readonly TrainingEvent[], kind: K) =>
  events.filter((event): event is Extract<TrainingEvent, { kind: K }> => event.kind === kind);

/** What the small training comes to that nobody stops. */
export async function wholeTraining(): Promise<TrainingResult> {
  return (await run(await options({ checkpoints: { store: memoryStore() } }))).result!;
}
