import {
  AlexNetError,
  type Backend,
  type Calibration,
  type Graph,
  type ProgramPrecision,
  type Tensor,
  type Weights,
} from '@alexnet/core';
import type { Delivery } from '../delivery/delivery.ts';

/** Something to time: one of our backends, or a peer that runs the same network in its own best way. */
export interface Candidate {
  readonly id: string;
  readonly kind: 'ours' | 'peer';
  /** How it stores the weights of linear layers, or int8; default f32. One id may come in several precisions. */
  readonly precision?: ProgramPrecision;
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
  /** The same with weights as other precisions store them (`weightsAsStored`), and of `evaluateInt8`, for candidates of these precisions. */
  readonly expectedAs?: Readonly<Partial<Record<ProgramPrecision, readonly Tensor[]>>>;
  /** Where the same weights come from; the first is what `arriving` compiles from. */
  readonly deliveries?: readonly Delivery[];
  /** For candidates in int8. */
  readonly calibration?: Calibration;
}

export function precisionOf({ precision = 'f32' }: Candidate): ProgramPrecision {
  return precision;
}

/** What the oracle says of each sample, with the weights that a candidate computes with. Errors: `invalid-input` when it was not given. */
export function expectedOf({ variant, expected, expectedAs = {} }: Workload, candidate: Candidate): readonly Tensor[] {
  const precision = precisionOf(candidate);
  const found = precision === 'f32' ? expected : expectedAs[precision];
  if (found !== undefined) return found;
  throw new AlexNetError({
    code: 'invalid-input',
    message: `There is no expected output in ${precision}, in which ${candidate.id} is to be timed`,
    fix: 'Give it as expectedAs, computed with weightsAsStored, or for int8 by evaluateInt8.',
    where: `workload ${variant}`,
  });
}

/** Errors: `invalid-input` when there is nothing to run, a sample is a batch, or a sample has no expected output that a candidate needs. */
export function checkWorkload(workload: Workload, candidates: readonly Candidate[]): void {
  const { variant, samples } = workload;
  const fail = (message: string, fix: string) => {
    throw new AlexNetError({ code: 'invalid-input', message, fix, where: `workload ${variant}` });
  };
  if (samples.length === 0) fail('There is no sample to run', 'Give at least one, better several.');
  for (const expected of [workload.expected, ...candidates.map((candidate) => expectedOf(workload, candidate))]) {
    if (samples.length !== expected.length)
      fail(`${samples.length} samples have ${expected.length} expected outputs`, 'Give one for each sample.');
  }
  const batch = samples.find(({ shape }) => shape[0] !== 1);
  if (batch !== undefined)
    fail(`A sample has batch ${batch.shape[0]}`, 'Give single samples; batches are made of them.');
}
