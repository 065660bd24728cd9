import { AlexNetError } from '@alexnet/core';
import {
  type CheckpointStore,
  isBestName,
  isCheckpointName,
  latestCheckpoint,
  type Resumption,
} from '@alexnet/training';
import type { TrainingSettings } from './training-options.ts';

/**
 * Where to go on; undefined where a training begins. Removes what a killed run left half written.
 * Errors: `invalid-input` when there is a training that nobody said to go on with, or none to go on with; `invalid-file` when nothing of it can
 * be read, or all `epochs` are over and the best weights cannot.
 */
export async function resumption(
  store: CheckpointStore,
  { output, resume }: TrainingSettings,
  epochs: number,
  note: (text: string) => void,
): Promise<Resumption | undefined> {
  const names = await store.list();
  const begun = names.some(isCheckpointName);
  if (begun && resume !== true) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `There is a training in ${output} already`,
      fix: 'Go on with it: --resume. Or choose another folder.',
      where: 'option --output',
    });
  }
  // of a run that was killed while it wrote, and of one whose checkpoints somebody removed
  const isLeft = (name: string) => name.endsWith('.partial') || (!begun && isBestName(name));
  for (const name of names) if (isLeft(name)) await store.remove(name);
  if (resume !== true) return undefined;
  const latest = await latestCheckpoint(store);
  if (latest === undefined) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `There is no checkpoint in ${output} to go on from`,
      fix: 'Leave out --resume to begin.',
      where: 'option --resume',
    });
  }
  for (const { name, reason } of latest.damaged) note(`Warning: ${name} cannot be read: ${reason}`);
  const { epoch, step } = latest.checkpoint.progress;
  if (latest.bestIsLost && epoch >= epochs) {
    throw new AlexNetError({
      code: 'invalid-file',
      message: `All ${epochs} epochs of the training in ${output} are over, and its best weights cannot be read`,
      fix: 'Train for more epochs: --epochs. The last weights are in its checkpoints.',
      where: 'option --resume',
    });
  }
  if (latest.bestIsLost) note('The best of the epochs before is lost: the best of those that come takes its place.');
  note(`Going on from ${latest.name}: ${step} steps and ${epoch} epochs are done`);
  return latest;
}
