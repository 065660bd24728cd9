import { checkInputs } from '../backend/inputs.ts';
import { AlexNetError } from '../error.ts';
import { sizeOf, type Tensor, type TensorMap } from '../tensor.ts';
import { dropoutMask } from './dropout-mask.ts';
import { inferTrainingShapes } from './infer.ts';
import { LABELS, type TrainingGraph } from './training-graph.ts';

/** Everything that one step reads: the network's inputs, labels (or the given gradient) and dropout masks, all of one batch size. */
export type TrainingInputs = TensorMap;

/** What a step sees of the data. */
export interface TrainingBatch {
  /** The network's inputs by name, or the tensor of its only one. */
  readonly images: Tensor | TensorMap;
  /** One class index for each sample. */
  readonly labels: ArrayLike<number>;
}

/**
 * The inputs of one step: the batch, and dropout masks that depend on seed and step alone.
 * Errors: `invalid-input`.
 */
export function trainingInputs(
  training: TrainingGraph,
  { images, labels }: TrainingBatch,
  { seed, step }: { readonly seed: number; readonly step: number },
): TrainingInputs {
  for (const [name, value, most] of [
    ['seed', seed, 2 ** 32 - 1],
    ['step', step, Number.MAX_SAFE_INTEGER],
  ] as const) {
    if (Number.isInteger(value) && value >= 0 && value <= most) continue;
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The ${name} ${value} is not a whole number from 0 to ${most}: dropout is a function of it`,
      where: name,
    });
  }
  const given: TensorMap = isTensor(images) ? { [training.network.inputs[0]!.name]: images } : images;
  const batch = labels.length;
  const inputs: Record<string, Tensor> = { ...given };
  if (training.loss !== undefined) inputs[LABELS] = { shape: [batch], data: Float32Array.from(labels) };
  for (const { input, shape, rate } of training.masks) {
    const data = dropoutMask({ seed, step, name: input, size: batch * sizeOf(shape), rate });
    inputs[input] = { shape: [batch, ...shape], data };
  }
  checkTrainingInputs(training, inputs);
  return inputs;
}

/**
 * Checks what a step reads and returns the batch size. Every backend calls this first.
 * Errors: `invalid-input`: a missing input, a wrong shape, a label that is no class.
 */
export function checkTrainingInputs(training: TrainingGraph, inputs: TrainingInputs): number {
  const batch = checkInputs({ ...training.network, inputs: training.inputs }, inputs);
  if (training.loss === undefined) return batch;
  const [classes = 0] = inferTrainingShapes(training).values.get(training.scores)!;
  const { data } = inputs[LABELS]!;
  for (let n = 0; n < batch; n++) {
    const label = data[n]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The label ${label} of sample ${n} is no class: the network has ${classes}`,
      fix: `Use whole numbers from 0 to ${classes - 1}.`,
      where: `input ${LABELS}`,
    });
  }
  return batch;
}

function isTensor(images: Tensor | TensorMap): images is Tensor {
  return images['data'] instanceof Float32Array;
}
