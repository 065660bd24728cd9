import {
  checkState,
  type GivenState,
  type Tensor as HostTensor,
  type Optimiser,
  type Shape,
  slotShapes,
  type TrainingGraph,
  type Weights,
} from '@alexnet/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { disposeAll } from '../lower/dispose.ts';
import type { Tfjs } from '../tfjs.ts';

/** What a trainer keeps between steps, on the device. */
export interface TrainingState {
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** By `slotName`. */
  readonly slots: ReadonlyMap<string, Tensor>;
}

export function tensorsOf({ parameters, slots }: TrainingState): readonly Tensor[] {
  return [...parameters.values(), ...slots.values()];
}

/** A state to be; of slots, undefined are zeros. */
export interface CheckedState {
  readonly weights: Weights;
  readonly slots: ReadonlyMap<string, HostTensor | { readonly shape: Shape; readonly data: undefined }>;
}

/** What a given state says of all parameters and all slots. Errors: `invalid-weights`, for slots that do not fit, too. */
export function checkedState(training: TrainingGraph, { rule }: Optimiser, given: GivenState): CheckedState {
  const slots = checkState(training, rule, given);
  return {
    weights: new Map(training.parameters.map(({ name }) => [name, given.weights.get(name)!])),
    slots: new Map(
      [...slotShapes(training, rule)].map(([name, shape]) => [name, slots.get(name) ?? { shape, data: undefined }]),
    ),
  };
}

export interface HeldState {
  now(): TrainingState;
  /**
   * Does work that makes the next state by calling `replace` once, inside of a `tidy`. That state is there when all of the work went well;
   * else nothing is left of it.
   */
  change<T>(work: (replace: (next: TrainingState) => void) => Promise<T>): Promise<T>;
  release(): void;
}

export function holdState(tf: Tfjs): HeldState {
  let now: TrainingState = { parameters: new Map(), slots: new Map() };
  /** The tensors of one state that are not in another. */
  const without = (one: TrainingState, other: TrainingState) => {
    const common = new Set(tensorsOf(other));
    return tensorsOf(one).filter((tensor) => !common.has(tensor));
  };
  return {
    now: () => now,
    async change(work) {
      let next = now;
      try {
        const result = await work((state) => {
          for (const tensor of tensorsOf(state)) tf.keep(tensor);
          next = state;
        });
        const before = now;
        now = next;
        disposeAll(tf, without(before, now));
        return result;
      } catch (error) {
        disposeAll(tf, without(next, now));
        throw error;
      }
    },
    release() {
      disposeAll(tf, tensorsOf(now));
      now = { parameters: new Map(), slots: new Map() };
    },
  };
}
