import {
  buildGraph,
  type Optimiser,
  referenceTrainer,
  seededWeights,
  type Trainer,
  trainingGraph,
  trainingInputs,
} from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { createBackend } from '../backend.ts';
import type { KernelName } from '../kernels/kernels.ts';
import { trainingKernels } from '../kernels/training-kernels.ts';
import { gpu } from '../testing/gpu.ts';
import { gradientCases, judgeGradients, opsOf } from '../testing/gradient-cases.ts';
import { type Mutation, mutatedGpu } from '../testing/mutated-gpu.ts';
import { distance } from '../testing/small-training.ts';
import { opsOfKernels, rulesOfKernels, trainingMutations } from '../testing/training-mutations.ts';
import { watch } from '../testing/watched-gpu.ts';

const graph = buildGraph('few', { name: 'x', shape: [6] })
  .batchNorm('bn', 1e-2)
  .linear('fc', 3)
  .softmax('prob')
  .build();
const training = trainingGraph(graph);
const weights = seededWeights(graph, 2);
const images = { shape: [4, 6], data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(3 * i)) };
const inputs = trainingInputs(training, { images, labels: [0, 2, 1, 2] }, { seed: 1, step: 1 });

async function stateAfter(trainer: Trainer) {
  for (let i = 0; i < 3; i++) await trainer.step(inputs, { learningRate: 0.1 });
  return trainer.state();
}

/** The first case that a backend with a mistake fails. */
async function noticed(mutation: Mutation): Promise<string | undefined> {
  const { kernel } = mutation;
  await using backend = await createBackend({
    id: 'webgpu',
    gpu: watch(await mutatedGpu(gpu!, mutation), { guards: true }).gpu,
    engine: 'Dawn',
    limits: 'default',
    maxBindingBytes: 2048,
  });
  const rule = rulesOfKernels[kernel];
  if (rule !== undefined) {
    const optimiser: Optimiser = { ...rule, multipliers: { 'fc.bias': { learningRate: 2 } } };
    await using trainer = await backend.compileTraining!(training, weights, { optimiser });
    await using oracle = await referenceTrainer(training, weights, { optimiser });
    const [got, want] = [await stateAfter(trainer), await stateAfter(oracle)];
    const near = distance(got.weights, want.weights) < 1e-5 && distance(got.slots, want.slots) < 1e-5;
    return near ? undefined : 'steps';
  }
  const ops = opsOfKernels[kernel]!;
  for (const each of gradientCases.filter((one) => opsOf(one).some((op) => ops.includes(op)))) {
    if ((await judgeGradients(backend, each, ops)) !== undefined) return each.why;
  }
  return undefined;
}

describe.skipIf(gpu === undefined)('a mistake in a kernel of training fails a case', () => {
  const kernels = Object.keys(trainingKernels) as KernelName[];

  it.each(trainingMutations)('$kernel: $why', async (mutation) => {
    expect(await noticed(mutation)).toBeDefined();
  });

  it('is tried in every kernel', () => {
    expect(kernels.filter((kernel) => !trainingMutations.some((mutation) => mutation.kernel === kernel))).toEqual([]);
  });
});
