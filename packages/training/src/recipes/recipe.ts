import { type Augmentation, caffeMultipliers, type Loss, noBiasDecay, type UpdateRule } from '@alexnet/core';
import type { InitialiserId } from '../initialise/initialiser.ts';
import type { Watched } from '../loop/options.ts';
import type { Schedule } from '../schedule/schedule.ts';

/** What some parameters' rate and decay are multiplied by. */
export const multiplierSets = { caffe: caffeMultipliers, 'no-bias-decay': noBiasDecay } as const;

/** How a published network was trained, as plain data that runs: `planTraining` makes a training graph and an optimiser of it. */
export interface TrainingRecipe {
  readonly id: string;
  /** Who trained so, and what of it they did not say. */
  readonly source: string;
  /** The network: `createVariant` knows it. */
  readonly variant: string;
  readonly classes: number;
  readonly loss: Loss;
  /** L2 penalty in the loss, as Keras has it; SGD's weight decay is in `optimiser`. */
  readonly regularisation?: { readonly l2: number };
  readonly optimiser: {
    readonly rule: UpdateRule;
    readonly clipNorm?: number;
    /** `caffe`: biases learn twice as fast and do not decay. `no-bias-decay`: only weights decay, neither biases nor batch norm. */
    readonly multipliers?: keyof typeof multiplierSets;
  };
  readonly schedule: Schedule;
  readonly batchSize: number;
  readonly epochs: number;
  /** Between the variant's resize and its mean and scale. A random crop is of the size of the network's input: `augmentationFor`. */
  readonly augmentation: readonly Augmentation[];
  /**
   * Pixels (0-255) less this mean and divided by this deviation, in place of the network's own mean and scale: `preprocessingFor`.
   * For initialisers that suppose inputs around 0 with a variance of 1 (He et al. 2015, section 2.2), whatever the network.
   */
  readonly standardised?: { readonly mean: number; readonly deviation: number };
  readonly initialiser: InitialiserId;
  /** How slowly the moving statistics of batch norm follow; where there is some. */
  readonly statisticsMomentum?: number;
  readonly watch?: Watched;
  readonly earlyStopping?: { readonly patience: number };
  /** It begins with published weights: these layers anew, the others frozen. */
  readonly fineTuning?: { readonly replace: readonly string[] };
}
