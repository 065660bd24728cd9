import { saveCheckpoint } from '../checkpoint/keep.ts';
import { isCheckpointName } from '../checkpoint/names.ts';
import type { TrainingEvent } from './events.ts';
import { setupOf } from './options.ts';
import type { TrainingProgress } from './progress.ts';
import { checkFinite, type Run } from './run.ts';

/** How many checkpoints are kept. */
const DEFAULT_KEEP = 2;

/** Whether to write a checkpoint now; the end of an epoch writes one in any case, but after its validation. */
export function isDue({ options, progress, stepsPerEpoch, saved, startedAt, secondsPerValidation }: Run): boolean {
  const { checkpoints, validation, now } = options;
  const { everySteps, everySeconds } = checkpoints ?? {};
  const isLast = progress.batch === stepsPerEpoch;
  if (!hasLearnt(progress) || (isLast && validation === undefined)) return false;
  if (everySteps !== undefined && progress.step % everySteps === 0) return true;
  if (everySeconds === undefined) return false;
  const until = isLast ? (secondsPerValidation ?? everySeconds) : 0; // nobody knows how long the first validation takes
  return (now!() - (saved?.at ?? startedAt)) / 1000 + until >= everySeconds;
}

/** Writes a checkpoint of the last step, where there is a store and it is not there yet. */
export async function save(run: Run): Promise<TrainingEvent | undefined> {
  const { checkpoints, trainer, now } = run.options;
  const { progress } = run;
  if (checkpoints === undefined || run.saved?.progress === progress) return undefined;
  const state = await trainer.state();
  checkFinite(run, state.weights);
  checkFinite(run, state.slots);
  const name = await saveCheckpoint(
    checkpoints.store,
    { setup: setupOf(run.options), progress, state },
    checkpoints.keep ?? DEFAULT_KEEP,
  );
  run.saved = { progress, name, at: now!() };
  run.pace.pause();
  return { kind: 'checkpoint', name, step: progress.step };
}

/** A checkpoint of the weights of now is of no use where these have gone astray: the one before it, if there is one, becomes the last. */
export async function withdraw(run: Run): Promise<void> {
  const { saved, progress } = run;
  const store = run.options.checkpoints?.store;
  if (store === undefined || saved?.progress !== progress || saved.name === undefined) return;
  await store.remove(saved.name);
  const name = (await store.list()).filter(isCheckpointName).sort().at(-1);
  run.saved = { ...saved, name };
}

export function hasLearnt({ sums, history }: TrainingProgress): boolean {
  return sums.samples > 0 || history.length > 0;
}
