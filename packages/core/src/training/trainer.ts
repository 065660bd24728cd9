import type { MemoryUse, RunOptions } from '../backend/backend.ts';
import type { TensorMap, Weights } from '../tensor.ts';
import type { TrainingInputs } from './inputs.ts';
import type { Optimiser } from './optimiser.ts';

/*
 * The contract of training: a training graph compiled by a backend, with its weights and the optimiser's state on the device.
 *
 * - A step runs forward and backward, updates the trained parameters and then the moving statistics of batch norm. Nothing random happens in
 *   it: dropout masks are among its inputs.
 * - Steps run one after the other, in the order of the calls. A step that throws changed nothing, unless it says `device-lost`. A call that
 *   waits for others and is aborted rejects at once.
 * - The same state, inputs and settings give the same state after the step, on the same backend, where it is `deterministic`.
 * - What a caller gives stays the caller's, and what it gets is the caller's too, as with programs.
 */

export interface TrainingOptions {
  readonly optimiser: Optimiser;
  /** Values that `values` may be asked for, which the backend must keep. Default: none. */
  readonly outputs?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface StepOptions extends RunOptions {
  readonly learningRate: number;
}

export interface StepResult {
  /** The mean loss of the batch with all penalties, before the update. Not finite when the training has gone astray; NaN where no loss is computed. */
  readonly loss: number;
  /** The scores (logits) of the batch, before the update: N x classes. */
  readonly scores: TensorMap[string];
}

/** All that a training needs to go on as if it had not stopped, but for the counter of steps. */
export interface TrainerState {
  /** All parameters of the network, the moving statistics too. */
  readonly weights: Weights;
  /** The optimiser's tensors by `slotName`, of the shapes of their parameters. */
  readonly slots: Weights;
}

export interface Trainer extends AsyncDisposable {
  /** Errors: `invalid-input`, `aborted` (before it began), `disposed`, `device-lost`, `out-of-memory`. */
  step(inputs: TrainingInputs, options: StepOptions): Promise<StepResult>;
  /** Runs the network as it is now, as inference does: moving statistics, no dropout. Any batch size. */
  evaluate(inputs: TensorMap, options?: RunOptions): Promise<TensorMap>;
  /**
   * Values of the training graph for these inputs, and updates nothing: activations, losses, gradients; all of `TrainingOptions.outputs`.
   * Values that are one for the whole batch come without a batch dimension.
   */
  values(inputs: TrainingInputs, options?: RunOptions): Promise<TensorMap>;
  /** A copy of the weights, of every parameter of the network. */
  weights(): Promise<Weights>;
  state(): Promise<TrainerState>;
  /** Goes on from a state. Slots that are missing start at 0. Errors: `invalid-weights`. */
  load(state: { readonly weights: Weights; readonly slots?: Weights }): Promise<void>;
  memory(): MemoryUse;
}
