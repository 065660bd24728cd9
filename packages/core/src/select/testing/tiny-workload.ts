import { buildGraph } from '../../graph/builder.ts';
import { seededWeights } from '../../weights/seeded.ts';
import type { Workload } from '../workload.ts';

const graph = buildGraph('tiny', { name: 'input', shape: [2, 5, 6] })
  .conv2d('conv1', 3, 3, { pads: 1 })
  .relu('relu1')
  .flatten('flatten')
  .linear('fc', 4)
  .softmax('prob')
  .build();

/** What tests time: it takes no time. */
export const tiny: Workload = {
  name: 'a tiny network',
  graph,
  weights: seededWeights(graph, 3),
  input: { shape: [1, 2, 5, 6], data: Float32Array.from({ length: 60 }, (_, i) => ((i * 37) % 23) / 11 - 1) },
};
