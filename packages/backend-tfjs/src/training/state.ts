import {
  AlexNetError,
  checkWeights,
  type Tensor as HostTensor,
  type Optimiser,
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

/** The slots of all trained parameters: the given ones, else zeros. Errors: `invalid-weights`, for slots of the wrong shape, too. */
export function checkedState(training: TrainingGraph, { rule }: Optimiser, given: GivenState): Required<GivenState> {
  checkWeights(training.network, given.weights);
  const shapes = new Map(training.parameters.map(({ name, shape }) => [name, shape]));
  const slots = new Map<string, HostTensor>();
  for (const { parameter } of training.gradients) {
    const shape = shapes.get(parameter)!;
    for (const slot of slotsOf(rule)) {
      const name = slotName(parameter, slot);
      const { shape: own, data } = given.slots?.get(name) ?? { shape, data: new Float32Array(sizeOf(shape)) };
      if (!sameShape(own, shape) || data.length !== sizeOf(shape)) {
        throw new AlexNetError({
          code: 'invalid-weights',
          message: `The slot ${name} is ${own.join('x')} with ${data.length} values, its parameter ${shape.join('x')}`,
          where: `slot ${name}`,
        });
      }
      slots.set(name, { shape, data });
    }
  }
  return { weights: new Map([...shapes.keys()].map((name) => [name, given.weights.get(name)!])), slots };
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
