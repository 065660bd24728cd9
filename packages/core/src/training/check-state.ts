import { AlexNetError } from '../error.ts';
import { type Shape, sameShape, showShape, sizeOf, type Tensor, type Weights } from '../tensor.ts';
import { checkWeights } from '../weights/check.ts';
import { slotName, slotsOf, type UpdateRule } from './optimiser.ts';
import type { TrainingGraph } from './training-graph.ts';

/** Weights, and the optimiser's tensors by `slotName`. */
export interface GivenState {
  readonly weights: Weights;
  readonly slots?: Weights;
}

/** The shapes of the tensors that an optimiser keeps between steps, by `slotName`. */
export function slotShapes({ parameters, gradients }: TrainingGraph, rule: UpdateRule): ReadonlyMap<string, Shape> {
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  return new Map(
    gradients.flatMap(({ parameter }) =>
      slotsOf(rule).map((slot) => [slotName(parameter, slot), shapes.get(parameter)!] as const),
    ),
  );
}

/**
 * Checks what a trainer is to begin or go on with, and returns the slots that are there of those that the optimiser keeps: the others are 0.
 * Every backend calls this before it changes anything. Errors: `invalid-weights`.
 */
export function checkState(training: TrainingGraph, rule: UpdateRule, { weights, slots }: GivenState): Weights {
  checkWeights(training.network, weights);
  const kept = new Map<string, Tensor>();
  for (const [name, shape] of slotShapes(training, rule)) {
    const slot = slots?.get(name);
    if (slot === undefined) continue;
    if (!sameShape(slot.shape, shape) || slot.data.length !== sizeOf(shape)) {
      throw new AlexNetError({
        code: 'invalid-weights',
        message: `The slot ${name} is ${showShape(slot.shape)} with ${slot.data.length} values, not ${showShape(shape)}`,
        where: `slot ${name}`,
      });
    }
    kept.set(name, slot);
  }
  return kept;
}
