import { expect, it } from 'vitest';
import { buildGraph } from '../graph/builder.ts';
import { caffeMultipliers, noBiasDecay } from './optimiser.ts';

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
