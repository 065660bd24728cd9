import { expect, it } from 'vitest';
import { buildGraph } from '../graph/builder.ts';
import { neededPart } from './needed-part.ts';

const graph = buildGraph('g', { name: 'x', shape: [3, 8, 8] })
  .conv2d('conv', 4, 3)
  .relu('relu')
  .flatten('flat')
  .linear('fc', 5)
  .softmax('prob')
  .build();

it.each([
  { outputs: ['prob'], nodes: ['conv', 'relu', 'flat', 'fc', 'prob'], parameters: 4 },
  { outputs: ['relu'], nodes: ['conv', 'relu'], parameters: 2 },
  { outputs: ['fc', 'conv'], nodes: ['conv', 'relu', 'flat', 'fc'], parameters: 4 },
  { outputs: ['x'], nodes: [], parameters: 0 },
])('keeps what $outputs need', ({ outputs, nodes, parameters }) => {
  const part = neededPart({ ...graph, outputs });
  expect(part.nodes.map(({ name }) => name)).toEqual(nodes);
  expect(part.parameters).toHaveLength(parameters);
  expect(part.inputs).toEqual(graph.inputs);
});
