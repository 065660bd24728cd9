import {
  buildGraph,
  type Optimiser,
  type StepResult,
  seededWeights,
  type Trainer,
  trainingGraph,
  trainingInputs,
  type Weights,
} from '@alexnet/core';

export const graph = buildGraph('small', { name: 'x', shape: [3, 11, 9] })
  .conv2d('conv1', 8, 3, { stride: 2, pads: 1 })
  .relu('relu1')
  .lrn('norm1', { size: 5, alpha: 0.3, beta: 0.75, bias: 2 })
  .maxPool2d('pool1', 3, { stride: 2, ceilMode: true })
  .conv2d('conv2', 24, [2, 3], { groups: 2, pads: 1 })
  .batchNorm('bn2', 1e-3)
  .relu('relu2')
  .flatten('flat')
  .dropout('drop', 0.25)
  .linear('fc3', 10)
  .relu('relu3')
  .linear('fc4', 5)
  .softmax('prob')
  .build();
/** Not the bias in front of batch norm: its gradient is 0, of which rounding leaves noise, and RMSProp makes steps of noise. */
const trainable = graph.parameters
  .map(({ name }) => name)
  .filter((name) => !['conv2.bias', 'bn2.mean', 'bn2.variance'].includes(name));
export const training = trainingGraph(graph, { trainable, regularisation: { l2: 1e-3 } });
export const weights = seededWeights(graph, 9);
export const sgd: Optimiser = { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 5e-4 } };

/** Five classes, told apart by where the bright pixels are; every other step has a smaller batch. */
export function inputsOf(step: number) {
  const labels = step % 2 === 0 ? [0, 1, 2, 3, 4, (step + 1) % 5] : [4, step % 5, 1];
  const data = new Float32Array(labels.length * 297);
  for (const [n, label] of labels.entries()) {
    for (let i = 0; i < 297; i++) data[n * 297 + i] = (i % 5 === label ? 1 : 0) + ((i * 7 + n + step) % 11) / 20 - 0.25;
  }
  return trainingInputs(training, { images: { shape: [labels.length, 3, 11, 9], data }, labels }, { seed: 1, step });
}

export async function train(trainer: Trainer, learningRate: number, from: number, to: number): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (let step = from; step < to; step++) results.push(await trainer.step(inputsOf(step), { learningRate }));
  return results;
}

/** The largest difference of any tensor, in units of that tensor's largest value. */
export function distance(got: Weights, want: Weights): number {
  const each = [...want].map(([name, { data }]) => {
    const largest = Math.max(1e-3, ...data.map(Math.abs));
    const other = got.get(name)!.data;
    return Math.max(...data.map((value, i) => Math.abs(value - other[i]!))) / largest;
  });
  return Math.max(...each);
}
