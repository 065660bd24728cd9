import { throwIfAborted } from '@alexnet/core';
import { sharesOfBands, trained } from '../training/check.ts';
import { expectTraining } from '../training/expect.ts';
import { distanceToKinks } from '../training/kinks.ts';
import { type SettingRow, settingOf, settingRows } from '../training/settings.ts';
import { alteredBackend } from './altered-backend.ts';
import type { TrainingAlteration } from './altered-trainer.ts';
import { trainingKernels } from './kernels/float32-training.ts';

export interface TrainingSoundnessOptions {
  /** How many seeds each setting is trained from; of those that stay away from kinks. */
  readonly seeds: number;
  /** The first that is tried. Default 1000. */
  readonly from?: number;
  /** Default: all. */
  readonly settings?: readonly SettingRow[];
  readonly kernels?: Readonly<Record<string, TrainingAlteration>>;
  readonly signal?: AbortSignal | undefined;
  onProgress?(progress: { readonly done: number; readonly total: number }): void;
}

/** How much of its bands a correct trainer used at most. */
export interface TrainingMargin {
  readonly setting: string;
  readonly kernel: string;
  readonly ratio: number;
  readonly seed: number;
  readonly what: string;
}

export interface TrainingSoundnessReport {
  /** Seeds that were tried, and those of them that were trained from. */
  readonly tried: number;
  readonly admitted: number;
  /** Trainings that were judged. */
  readonly judgements: number;
  readonly falseFailures: number;
  /** Per setting and kernel, the tightest first. */
  readonly tightest: readonly TrainingMargin[];
}

/** Below this, in the units of `distanceToKinks`, a seed is left out. */
const AWAY = 1;

/**
 * Trains correct float32 trainers from seeds that are not those of the suite, and judges them by its rules: none may fail.
 * Errors: `aborted`.
 */
export async function runTrainingSoundness(options: TrainingSoundnessOptions): Promise<TrainingSoundnessReport> {
  const { seeds, from = 1000, settings = settingRows, kernels = trainingKernels, signal, onProgress } = options;
  const tightest = new Map<string, TrainingMargin>();
  let [tried, admitted, judgements, falseFailures] = [0, 0, 0, 0];
  for (const row of settings) {
    let seed = from;
    for (let found = 0; found < seeds; seed++) {
      throwIfAborted(signal, 'training soundness');
      const setting = settingOf(row, seed);
      tried++;
      if (distanceToKinks(setting) < AWAY) continue;
      found++;
      onProgress?.({ done: admitted, total: settings.length * seeds });
      admitted++;
      for (const [kernel, training] of Object.entries(kernels)) {
        const got = await trained(alteredBackend({ training }), setting, signal ?? new AbortController().signal);
        const shares = sharesOfBands(expectTraining(setting), got, setting.training);
        const { ratio, what } = shares.reduce((a, b) => (b.ratio > a.ratio || Number.isNaN(b.ratio) ? b : a));
        judgements++;
        if (!(ratio <= 1)) falseFailures++;
        const key = `${row.id}/${kernel}`;
        if (!(ratio <= (tightest.get(key)?.ratio ?? -1)))
          tightest.set(key, { setting: row.id, kernel, ratio, seed, what });
      }
    }
  }
  const margins = [...tightest.values()].toSorted((a, b) => b.ratio - a.ratio);
  return { tried, admitted, judgements, falseFailures, tightest: margins };
}
