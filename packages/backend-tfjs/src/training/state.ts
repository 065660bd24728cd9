import {
  AlexNetError,
  checkWeights,
  type Tensor as HostTensor,
  type Optimiser,
  type Shape,
  sameShape,
  sizeOf,
  slotName,
  slotsOf,
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

/** The same as it is given, or on its way to the device. */
export interface GivenState {
  readonly weights: Weights;
  readonly slots?: Weights;
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
  checkWeights(training.network, given.weights);
  const shapes = new Map(training.parameters.map(({ name, shape }) => [name, shape]));
  const slots = training.gradients.flatMap(({ parameter }) =>
    slotsOf(rule).map((slot) => {
      const [name, shape] = [slotName(parameter, slot), shapes.get(parameter)!];
      const found = given.slots?.get(name);
      if (found !== undefined && (!sameShape(found.shape, shape) || found.data.length !== sizeOf(shape))) {
        throw new AlexNetError({
          code: 'invalid-weights',
          message: `The slot ${name} is ${found.shape.join('x')} with ${found.data.length} values, not ${shape.join('x')}`,
          where: `slot ${name}`,
        });
      }
      return [name, found ?? { shape, data: undefined }] as const;
    }),
  );
  return {
    weights: new Map([...shapes.keys()].map((name) => [name, given.weights.get(name)!])),
    slots: new Map(slots),
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
