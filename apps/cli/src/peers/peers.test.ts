import { buildGraph, createVariant, evaluate, type Graph, seededWeights, sizeOf } from '@alexnet/core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allPeers } from './node.ts';

/*
 * The TensorFlow.js peer on WebGPU, here in Node: a peer that computes something else would be refused by the benchmark's gate.
 */

const peer = allPeers().get('@tensorflow/tfjs-backend-webgpu');
let absent: string | undefined;
beforeAll(async () => {
  const { available, detail } = await peer.probe();
  if (!available) absent = detail;
});
beforeEach((context) => {
  if (absent !== undefined) context.skip(absent);
});

const cases: { why: string; graph: Graph }[] = [
  {
    why: 'convolution in groups with pads on all sides differing, bias and ReLU',
    graph: buildGraph('g', { name: 'input', shape: [4, 9, 11] })
      .conv2d('conv', 6, [3, 5], { stride: [2, 1], pads: { left: 2, bottom: 1, right: 3 }, groups: 2 })
      .relu('relu')
      .build(),
  },
  {
    why: 'LRN, whose alpha tfjs does not divide by the size of the window',
    graph: buildGraph('g', { name: 'input', shape: [7, 3, 5] })
      .lrn('norm', { size: 5, alpha: 0.5, beta: 0.75, bias: 2 })
      .build(),
  },
  {
    why: 'max pooling of negative values that rounds up and pads',
    graph: buildGraph('g', { name: 'input', shape: [3, 8, 10] })
      .maxPool2d('pool', 3, { stride: 2, pads: 1, ceilMode: true })
      .build(),
  },
  {
    why: 'a linear layer behind a flattened image, whose order differs',
    graph: buildGraph('g', { name: 'input', shape: [3, 4, 5] })
      .flatten('flatten')
      .dropout('drop', 0.5)
      .linear('fc6', 7)
      .relu('relu6')
      .linear('fc7', 6)
      .softmax('prob')
      .build(),
  },
  { why: 'torchvision, narrow', graph: createVariant('torchvision', { width: 1 / 16, classes: 10 }).graph },
  { why: 'BVLC AlexNet, narrow', graph: createVariant('bvlc-alexnet', { width: 1 / 16, classes: 10 }).graph },
];

describe('the TensorFlow.js peer computes what the oracle does', () => {
  it.each(cases)('$why', async ({ graph }) => {
    const weights = seededWeights(graph, 3);
    const { name, shape } = graph.inputs[0]!;
    const input = {
      shape: [2, ...shape],
      data: Float32Array.from({ length: 2 * sizeOf(shape) }, (_, i) => ((i * 7919) % 1009) / 1009 - 1.01),
    };
    const [output] = graph.outputs as [string];
    const want = evaluate(graph, weights, { [name]: input }).get(output)!;

    await using backend = await peer.create();
    await using program = await backend.compile(graph, weights);
    const got = (await program.run({ [name]: input }))[output]!;

    expect(got.shape).toEqual(want.shape);
    const largest = want.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const off = want.data.reduce((most, value, i) => Math.max(most, Math.abs(value - got.data[i]!)), 0);
    expect(off / largest).toBeLessThan(1e-4);
  });

  it('keeps no tensor after it was disposed', async () => {
    const { memory, setBackend } = await import('@tensorflow/tfjs-core');
    await import('@tensorflow/tfjs-backend-cpu');
    await setBackend('cpu'); // `memory` asks the active backend, which the peer leaves as it was
    const { graph } = cases[3]!;
    await using backend = await peer.create();
    const before = memory().numTensors;
    const program = await backend.compile(graph, seededWeights(graph, 3));
    await program.run({ input: { shape: [1, 3, 4, 5], data: new Float32Array(60).fill(0.5) } });
    expect(memory().numTensors).toBeGreaterThan(before);
    await program[Symbol.asyncDispose]();
    expect(memory().numTensors).toBe(before);
  });
});
