import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ImageSet } from '@alexnet/image';
import type { Resumption, TrainingFacts } from '@alexnet/training';
import { type TrainingJob, trainingSource } from './job.ts';

const DECODED_ONCE = 'decoding of pictures once';

/** Whether the training that goes on had its pictures decoded once, which rounds their pixels. */
export function decodedOnce({ checkpoint }: Resumption): boolean {
  return checkpoint.setup.settings[DECODED_ONCE] === 'true';
}

/** What must stay when the training goes on; `once`: its pictures are decoded once. */
export function factsOf(job: TrainingJob, seed: number, once: boolean): TrainingFacts {
  const { recipe, variant, plan, training, validation } = job;
  return {
    training: plan.training,
    rule: plan.optimiser.rule,
    data: trainingSource(training, job, seed),
    batchSize: recipe.batchSize,
    seed,
    settings: {
      preprocessing: variant.preprocessing,
      augmentation: recipe.augmentation,
      loss: recipe.loss,
      regularisation: recipe.regularisation,
      'momentum of statistics': recipe.statisticsMomentum,
      'clipping of gradients': plan.optimiser.clipNorm,
      'rates of parameters': plan.optimiser.multipliers,
      'number of validation images': validation?.items.length ?? 0,
      'digest of the images': digestOf(training),
      'digest of the validation images': validation && digestOf(validation),
      'measure of the best epoch': recipe.watch,
      [DECODED_ONCE]: once,
    },
  };
}

/** Which images, and in which order, by their names: the folder that they are in may be moved. */
function digestOf({ items }: ImageSet): string {
  const hash = createHash('sha256');
  for (const { path, label } of items) hash.update(`${label} ${basename(path)}\n`);
  return hash.digest('hex').slice(0, 16);
}
