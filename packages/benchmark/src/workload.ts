import { AlexNetError, type Backend, type Graph, type Tensor, type Weights } from '@alexnet/core';

/** Something to time: one of our backends, or a peer that runs the same network in its own best way. */
export interface Candidate {
  readonly id: string;
  readonly kind: 'ours' | 'peer';
  create(): Promise<Backend>;
}

/** A network with samples to run and what the oracle says of them. */
export interface Workload {
  readonly variant: string;
  readonly graph: Graph;
  readonly weights: Weights;
  /** Single samples [1, ...]; more than one, so that consecutive runs differ. */
  readonly samples: readonly Tensor[];
  /** The oracle's `prob` of each sample. */
  readonly expected: readonly Tensor[];
}

/** Errors: `invalid-input` when there is nothing to run, a sample is a batch, or a sample has no expected output. */
export function checkWorkload({ variant, samples, expected }: Workload): void {
  const fail = (message: string, fix: string) => {
    throw new AlexNetError({ code: 'invalid-input', message, fix, where: `workload ${variant}` });
  };
  if (samples.length === 0) fail('There is no sample to run', 'Give at least one, better several.');
  if (samples.length !== expected.length)
    fail(`${samples.length} samples have ${expected.length} expected outputs`, 'Give one for each sample.');
  const batch = samples.find(({ shape }) => shape[0] !== 1);
  if (batch !== undefined)
    fail(`A sample has batch ${batch.shape[0]}`, 'Give single samples; batches are made of them.');
}
