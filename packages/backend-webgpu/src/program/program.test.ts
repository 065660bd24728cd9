import { buildGraph, evaluate, seededWeights } from '@alexnet/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { createBackend } from '../backend.ts';
import { gpu as testGpu } from '../testing/gpu.ts';
import { type Watched, watch } from '../testing/watched-gpu.ts';

const graph = buildGraph('small', { name: 'x', shape: [3, 11, 9] })
  .conv2d('conv', 10, 3, { stride: 2, pads: 1 })
  .relu('relu')
  .lrn('norm', { size: 5, alpha: 0.3, beta: 0.75, bias: 2 })
  .maxPool2d('pool', 3, { stride: 2 })
  .flatten('flat')
  .linear('fc', 7)
  .softmax('prob')
  .build();
const weights = seededWeights(graph, 3);
const image = (batch: number, scale = 1) => ({
  x: {
    shape: [batch, 3, 11, 9],
    data: Float32Array.from({ length: batch * 297 }, (_, i) => ((((i * 71) % 113) - 56) / 40) * scale),
  },
});

/** Largest difference to the oracle. */
function error(got: Float32Array, input: ReturnType<typeof image>, value: string): number {
  const want = evaluate(graph, weights, input, { outputs: [value] }).get(value)!.data;
  return Math.max(...want.map((y, i) => Math.abs(y - got[i]!)));
}

let watched: Watched;
const open = () => createBackend({ id: 'webgpu', gpu: watched.gpu, engine: 'Dawn', limits: 'adapter' });

beforeEach(() => {
  if (testGpu === undefined) return;
  watched = watch(testGpu);
});

describe.skipIf(testGpu === undefined)('a program', () => {
  it('leaves no buffer behind, whatever ran', async () => {
    const backend = await open();
    const empty = watched.buffers();
    const program = await backend.compile(graph, weights);
    const other = await backend.compile(graph, weights, { outputs: ['conv', 'x'], precision: 'q8' });
    for (const batch of [1, 2, 3, 5, 2]) await Promise.all([program.run(image(batch)), other.run(image(batch))]);
    await program.profile?.(image(2));
    await expect(program.run({ x: { shape: [1, 3], data: new Float32Array(3) } })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    await program[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    const pooled = watched.buffers() - empty; // readback buffers wait for the next program
    expect(pooled).toBeLessThanOrEqual(8);
    await backend[Symbol.asyncDispose]();
    expect(watched.buffers()).toBe(0);
  });

  it('holds no more buffers after a hundred runs than after one', async () => {
    await using backend = await open();
    await using program = await backend.compile(graph, weights);
    await program.run(image(2));
    const one = watched.buffers();
    for (let i = 0; i < 100; i++) await program.run(image(2, i));
    expect(watched.buffers()).toBe(one);
  });

  it('keeps few batch sizes prepared', async () => {
    await using backend = await open();
    await using program = await backend.compile(graph, weights);
    for (const batch of [1, 2, 3]) await program.run(image(batch));
    const three = watched.buffers();
    for (const batch of [4, 5, 6, 7]) await program.run(image(batch));
    await program.run(image(1));
    expect(watched.buffers()).toBeLessThanOrEqual(three);
  });

  it('gives overlapping runs of several batches and programs their own results', async () => {
    await using backend = await open();
    await using first = await backend.compile(graph, weights, { outputs: ['conv', 'fc'] });
    await using second = await backend.compile(graph, weights, { outputs: ['fc'] });
    const inputs = [image(1, 0.5), image(4, 2), image(1, -1), image(2, 3)];
    const runs = await Promise.all(inputs.flatMap((input) => [first.run(input), second.run(input)]));
    for (const [i, { fc }] of runs.entries()) expect(error(fc!.data, inputs[i >> 1]!, 'fc')).toBeLessThan(1e-5);
    expect(runs[2]!['fc']!.data).toEqual(runs[3]!['fc']!.data); // to the bit
  });

  it('counts its weights', async () => {
    await using backend = await open();
    await using program = await backend.compile(graph, weights);
    const bytes = [...weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    expect(program.memory().deviceBytes).toBeGreaterThanOrEqual(bytes);
    await program[Symbol.asyncDispose]();
    expect(program.memory().deviceBytes).toBe(0);
  });

  it('refuses a batch that the device cannot bind, before it allocates', async () => {
    await using backend = await createBackend({ id: 'webgpu', gpu: watched.gpu, engine: 'Dawn', limits: 'default' });
    const tall = buildGraph('tall', { name: 'x', shape: [1, 4096, 4096] })
      .relu('y')
      .build();
    const program = await backend.compile(graph, weights);
    const before = watched.buffers();
    await expect(backend.compile(tall, new Map())).rejects.toMatchObject({ code: 'out-of-memory' });
    expect(watched.buffers()).toBe(before);
    await program[Symbol.asyncDispose]();
  });
});

describe.skipIf(testGpu === undefined)('a lost device', () => {
  it('rejects the runs that wait, and is replaced at the next compile', async () => {
    await using backend = await open();
    const program = await backend.compile(graph, weights);
    const running = program.run(image(3));
    watched.devices[0]!.destroy();
    await expect(running).rejects.toMatchObject({ code: 'device-lost' });
    await expect(program.run(image(1))).rejects.toMatchObject({ code: 'device-lost' });
    await using again = await backend.compile(graph, weights);
    expect(watched.devices).toHaveLength(2);
    expect(error((await again.run(image(2)))['prob']!.data, image(2), 'prob')).toBeLessThan(1e-6);
    await program[Symbol.asyncDispose]();
  });

  it('is replaced by one device, however many programs are compiled at once', async () => {
    const backend = await open();
    watched.devices[0]!.destroy();
    await watched.devices[0]!.lost;
    const programs = await Promise.all([backend.compile(graph, weights), backend.compile(graph, weights)]);
    expect(watched.devices).toHaveLength(2);
    await Promise.all(programs.map((program) => program.run(image(1))));
    await backend[Symbol.asyncDispose]();
    expect(watched.buffers()).toBe(0);
  });
});
