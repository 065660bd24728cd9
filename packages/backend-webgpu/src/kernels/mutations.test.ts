import { judgeCase, type OpCase, opCases } from '@alexnet/conformance';
import { type Backend, buildGraph, evaluate, seededWeights } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { createBackend } from '../backend.ts';
import type { Choices } from '../plan/choices.ts';
import { gpu } from '../testing/gpu.ts';
import { type Mutation, mutatedGpu } from '../testing/mutated-gpu.ts';
import { mutations } from '../testing/mutations.ts';
import { watch } from '../testing/watched-gpu.ts';
import { inferenceKernels, type KernelName } from './kernels.ts';

/** The cases that are about a kernel. */
function casesFor(kernel: KernelName): readonly OpCase[] {
  const stored = /^linear-([fq]\d+)$/.exec(kernel)?.[1];
  if (stored !== undefined) return opCases.filter(({ op, precision }) => op === 'linear' && precision === stored);
  const ops: Partial<Record<KernelName, string>> = {
    'conv2d-tile': 'conv2d',
    'conv2d-scalar': 'conv2d',
    'conv2d-shared': 'conv2d',
    'linear-sum': 'linear',
    'place-columns': 'linear',
    'max-pool2d': 'maxPool2d',
    'adaptive-avg-pool2d': 'adaptiveAvgPool2d',
    'batch-norm': 'batchNorm',
    pack: 'conv2d',
    unpack: 'flatten',
  };
  return opCases.filter(({ op, precision }) => op === (ops[kernel] ?? kernel) && precision === 'f32');
}

const choicesFor = (kernel: KernelName): Choices => ({
  convolution: () =>
    kernel === 'conv2d-shared' ? { kernel } : { kernel: 'conv2d-tile', constants: { ROWS: 4, COLS: 2 } },
  linear: () => ({ rows: 2, cols: 2, parts: 3 }),
});

/** Channels and features that do not fill vec4s, read by another layer: what fills them up must be 0, since 0 times NaN is not. */
const filled = buildGraph('filled', { name: 'x', shape: [6, 4, 4] })
  .conv2d('groups', 10, 2, { groups: 2 })
  .conv2d('conv', 5, 1)
  .flatten('flat')
  .linear('fc', 7)
  .softmax('softmax')
  .linear('y', 3)
  .build();

async function isFilledRight(backend: Backend): Promise<boolean> {
  const bias = { shape: [7], data: new Float32Array(7).fill(-200) }; // far below what fills up
  const weights = new Map([...seededWeights(filled, 1), ['fc.bias', bias]]);
  const x = { shape: [2, 6, 4, 4], data: Float32Array.from({ length: 192 }, (_, i) => Math.sin(i)) };
  await using program = await backend.compile(filled, weights);
  const { y } = await program.run({ x });
  const want = evaluate(filled, weights, { x }, { outputs: ['y'] }).get('y')!.data;
  return want.every((value, i) => Math.abs(value - y!.data[i]!) < 1e-5);
}

/** The first case that a backend with a mistake fails. */
async function noticed(mutation: Mutation): Promise<string | undefined> {
  const { kernel } = mutation;
  await using backend = await createBackend({
    id: 'webgpu',
    gpu: watch(await mutatedGpu(gpu!, mutation), { guards: true }).gpu,
    engine: 'Dawn',
    limits: 'adapter',
    maxBindingBytes: 4096,
    chunkBytes: 1, // four rows at a time
    choices: choicesFor(kernel),
  });
  for (const opCase of casesFor(kernel)) {
    if (!(await judgeCase(opCase, backend, new AbortController().signal)).passed) return opCase.id;
  }
  return (await isFilledRight(backend)) ? undefined : filled.name;
}

describe.skipIf(gpu === undefined)('a mistake in a kernel fails an op case', () => {
  it.each(Object.keys(inferenceKernels) as KernelName[])('and none fails without one: %s', async (kernel) => {
    expect(await noticed({ kernel, replace: '@compute', by: '@compute ', why: 'a blank' })).toBeUndefined();
  });

  it.each(mutations)('$kernel: $why', async (mutation) => {
    expect(await noticed(mutation)).toBeDefined();
  });
});
