import {
  caffeMultipliers,
  type Graph,
  type Optimiser,
  seededWeights,
  type Tensor,
  type TrainingGraph,
  type TrainingGraphOptions,
  type TrainingInputs,
  trainingGraph,
  trainingInputs,
  type Weights,
} from '@alexnet/core';
import { batchAt, network, unseen } from './subject.ts';

/** How many steps each setting is trained. */
export const STEPS = 20;

/** One way to train the small network, from one seed. */
export interface TrainingSetting {
  readonly id: string;
  readonly name: string;
  readonly why: string;
  readonly training: TrainingGraph;
  readonly optimiser: Optimiser;
  readonly seed: number;
  readonly weights: Weights;
  /** Images that no step sees. */
  readonly unseen: Tensor;
  inputs(step: number): TrainingInputs;
  learningRate(step: number): number;
}

export interface SettingRow {
  readonly id: string;
  readonly name: string;
  readonly why: string;
  readonly batchNorm?: true;
  readonly options?: TrainingGraphOptions;
  readonly optimiser: Optimiser | ((graph: Graph) => Optimiser);
  readonly learningRate: number;
  /** Of data, weights and masks: one from which no value comes near a kink (decision 017). */
  readonly seed: number;
}

// biome-ignore format: a table, one row per setting
export const settingRows: readonly SettingRow[] = [
  { id: 'kratzert', name: 'plain gradient descent', why: 'the update alone: w - r g', optimiser: { rule: { kind: 'sgd', momentum: 0, weightDecay: 0 } }, learningRate: 0.05, seed: 22 },
  { id: 'paper', name: 'momentum and weight decay, as in the paper', why: 'the rate is within the velocity, and the decay is, too', optimiser: { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 5e-4 } }, learningRate: 0.02, seed: 16 },
  { id: 'caffe', name: "Caffe's multipliers", why: 'biases learn twice as fast and do not decay', optimiser: (graph) => ({ rule: { kind: 'sgd', momentum: 0.9, weightDecay: 5e-3 }, multipliers: caffeMultipliers(graph) }), learningRate: 0.02, seed: 22 },
  { id: 'rmsprop', name: 'RMSprop, as in Keras', why: 'epsilon is outside the root', optimiser: { rule: { kind: 'rmsprop', rho: 0.9, epsilon: 1e-3 } }, learningRate: 0.003, seed: 22 },
  { id: 'adadelta', name: 'Adadelta, as in Keras', why: 'two slots, and a learning rate', optimiser: { rule: { kind: 'adadelta', rho: 0.95, epsilon: 1e-4 } }, learningRate: 0.7, seed: 1 },
  { id: 'clip-norm', name: 'clipped gradients', why: 'the norm is that of all gradients together', optimiser: { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 5e-4 }, clipNorm: 1 }, learningRate: 0.02, seed: 1 },
  { id: 'l2-and-smoothing', name: 'an L2 penalty and label smoothing', why: 'both are part of the loss', options: { loss: { kind: 'softmax-cross-entropy', smoothing: 0.1 }, regularisation: { l2: 0.01 } }, optimiser: { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 0 } }, learningRate: 0.02, seed: 22 },
  { id: 'frozen-trunk', name: 'fine-tuning: the convolutions are frozen', why: 'what is frozen must not move, nor be computed for', options: { trainable: ['fc3.weight', 'fc3.bias', 'fc4.weight', 'fc4.bias'] }, optimiser: { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 5e-4 } }, learningRate: 0.02, seed: 16 },
  { id: 'batch-norm', name: 'batch norm', why: "normalised by the batch's statistics; the moving ones follow", batchNorm: true, optimiser: { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 5e-4 } }, learningRate: 0.02, seed: 172 },
];

/** A setting, from its own seed or another. */
export function settingOf(row: SettingRow, seed = row.seed): TrainingSetting {
  const graph = network(row.batchNorm === true);
  const training = trainingGraph(graph, row.options);
  return {
    id: row.id,
    name: row.name,
    why: row.why,
    training,
    optimiser: typeof row.optimiser === 'function' ? row.optimiser(graph) : row.optimiser,
    seed,
    weights: seededWeights(graph, seed),
    unseen: unseen(seed),
    inputs: (step) => trainingInputs(training, batchAt(seed, step), { seed, step }),
    // it falls twice, so that a rate in the wrong place shows
    learningRate: (step) => row.learningRate * (step < 7 ? 1 : step < 14 ? 0.5 : 0.2),
  };
}
