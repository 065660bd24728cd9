import { AlexNetError } from '@alexnet/core';

export interface Divergence {
  readonly step: number;
  readonly epoch: number;
  readonly learningRate: number;
  /** What is not finite: `the loss`. */
  readonly what: string;
  /** The last checkpoint in the store. */
  readonly checkpoint: string | undefined;
}

/** A training that has left the finite numbers. Its last checkpoint is from before that. */
export class DivergedError extends AlexNetError {
  readonly divergence: Divergence;

  constructor(divergence: Divergence) {
    const { step, epoch, learningRate, what, checkpoint } = divergence;
    const kept = checkpoint === undefined ? '' : ` ${checkpoint} is from before that: go on from it with a lower rate.`;
    super({
      code: 'diverged',
      message: `The training diverged: at step ${step} (epoch ${epoch + 1}), learning rate ${learningRate}, ${what}`,
      fix:
        'Lower the learning rate (a tenth), warm it up, or clip gradients; check that inputs are scaled as the network expects.' +
        kept,
      where: `step ${step}`,
    });
    this.name = 'DivergedError';
    this.divergence = divergence;
  }
}
