import { expect, it } from 'vitest';
import { buildGraph } from '../graph/builder.ts';
import { trainingInputs } from './inputs.ts';
import { caffeMultipliers, checkOptimiser, noBiasDecay } from './optimiser.ts';
import { trainingGraph } from './training-graph.ts';

const graph = buildGraph('small', { name: 'x', shape: [2, 4, 4] })
  .conv2d('conv', 3, 2)
  .batchNorm('bn', 1e-3)
  .flatten('flat')
  .linear('fc', 4)
  .softmax('prob')
  .build();

it("Caffe's biases learn twice as fast and do not decay", () => {
  const bias = { learningRate: 2, weightDecay: 0 };
  expect(caffeMultipliers(graph)).toEqual({ 'conv.bias': bias, 'fc.bias': bias });
});

it('neither biases nor batch norm decay', () => {
  const still = { weightDecay: 0 };
  expect(noBiasDecay(graph)).toEqual({ 'conv.bias': still, 'bn.scale': still, 'bn.bias': still, 'fc.bias': still });
});

const sgd = { kind: 'sgd', momentum: 0.9, weightDecay: 0 } as const;
const images = { shape: [1, 2, 4, 4], data: new Float32Array(32) };
const wrong: readonly { why: string; make: () => unknown; where: string }[] = [
  { why: 'a rule that is none', make: () => checkOptimiser({ rule: { kind: 'adam' } as never }, []), where: 'rule' },
  {
    why: 'an epsilon that float32 cannot hold',
    make: () => checkOptimiser({ rule: { kind: 'rmsprop', rho: 0.9, epsilon: 1e-46 } }, []),
    where: 'epsilon',
  },
  { why: 'a momentum of 1', make: () => checkOptimiser({ rule: { ...sgd, momentum: 1 } }, []), where: 'momentum' },
  { why: 'a loss that is none', make: () => trainingGraph(graph, { loss: { kind: 'mse' } as never }), where: 'loss' },
  {
    why: 'a smoothing of 1',
    make: () => trainingGraph(graph, { loss: { kind: 'softmax-cross-entropy', smoothing: 1 } }),
    where: 'smoothing',
  },
  {
    why: 'no step',
    make: () => trainingInputs(trainingGraph(graph), { images, labels: [0] }, { seed: 1 } as never),
    where: 'step',
  },
  {
    why: 'half a seed',
    make: () => trainingInputs(trainingGraph(graph), { images, labels: [0] }, { seed: 1.5, step: 0 }),
    where: 'seed',
  },
];

it.each(wrong)('refuses $why', ({ make, where }) => {
  expect(make).toThrow(expect.objectContaining({ code: 'invalid-input', where: expect.stringContaining(where) }));
});
