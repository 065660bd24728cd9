import { buildGraph, seededWeights } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { createBackend } from '../backend.ts';
import { gpu } from '../testing/gpu.ts';
import { type Watched, watch } from '../testing/watched-gpu.ts';

const open = (watched: Watched) => createBackend({ id: 'webgpu', gpu: watched.gpu, engine: 'Dawn', limits: 'default' });

describe.skipIf(gpu === undefined)('a program that cannot be prepared', () => {
  it('leaves no weights behind', async () => {
    const watched = watch(gpu!);
    await using backend = await open(watched);
    const before = watched.buffers();
    const tall = buildGraph('tall', { name: 'x', shape: [1, 4096, 4096] })
      .conv2d('y', 5, 3)
      .build();
    await expect(backend.compile(tall, seededWeights(tall, 1))).rejects.toMatchObject({ code: 'out-of-memory' });
    expect(watched.buffers()).toBe(before);
  });

  it('says what the device has against its memory, and leaves none behind', async () => {
    const watched = watch(gpu!);
    await using backend = await open(watched);
    const before = watched.buffers();
    const device = watched.devices[0]!;
    const create = device.createBuffer.bind(device);
    // memory for values that no kernel may write
    device.createBuffer = (wanted) =>
      create(wanted.label?.startsWith('values') ? { ...wanted, usage: GPUBufferUsage.COPY_DST } : wanted);
    const graph = buildGraph('g', { name: 'x', shape: [5, 3, 7] })
      .conv2d('y', 6, 2)
      .build();
    await expect(backend.compile(graph, seededWeights(graph, 1))).rejects.toMatchObject({
      code: 'backend-failure',
      message: expect.stringContaining('usage'),
    });
    expect(watched.buffers()).toBe(before);
  });

  it('tells of weights that the device refuses, not of those who bind them', async () => {
    const watched = watch(gpu!);
    await using backend = await open(watched);
    const before = watched.buffers();
    const device = watched.devices[0]!;
    const create = device.createBuffer.bind(device);
    const refused = GPUBufferUsage.STORAGE | GPUBufferUsage.MAP_READ; // may not be combined
    device.createBuffer = (wanted) => create(wanted.label === 'y.weight' ? { ...wanted, usage: refused } : wanted);
    const graph = buildGraph('g', { name: 'x', shape: [5, 3, 7] })
      .conv2d('y', 6, 2)
      .build();
    await expect(backend.compile(graph, seededWeights(graph, 1))).rejects.toMatchObject({ where: 'weights' });
    expect(watched.buffers()).toBe(before);
  });

  it('leaves nothing behind when the device is lost meanwhile', async () => {
    const watched = watch(gpu!);
    await using backend = await open(watched);
    const before = watched.buffers();
    const device = watched.devices[0]!;
    const compile = device.createComputePipelineAsync.bind(device);
    const graph = buildGraph('g', { name: 'x', shape: [5, 3, 7] })
      .conv2d('y', 6, 2)
      .build();
    const compiling: Promise<GPUComputePipeline>[] = [];
    device.createComputePipelineAsync = (wanted) => {
      const pipeline = compile(wanted).finally(() => device.destroy());
      compiling.push(pipeline);
      return pipeline;
    };
    await expect(backend.compile(graph, seededWeights(graph, 1))).rejects.toMatchObject({ code: 'device-lost' });
    await Promise.allSettled(compiling);
    await new Promise((resolve) => setTimeout(resolve, 50)); // what waited for the last kernel goes on
    await expect.poll(() => watched.buffers()).toBe(before);
  });
});

describe.skipIf(gpu === undefined)('a run that the device refuses', () => {
  it('fails, and does not return what an earlier run left', async () => {
    const watched = watch(gpu!);
    await using backend = await open(watched);
    const device = watched.devices[0]!;
    const create = device.createBuffer.bind(device);
    const values: GPUBuffer[] = [];
    device.createBuffer = (wanted) => {
      const buffer = create(wanted);
      if (wanted.label?.startsWith('values')) values.push(buffer);
      return buffer;
    };
    const graph = buildGraph('g', { name: 'x', shape: [5, 3, 7] })
      .relu('y')
      .build();
    await using program = await backend.compile(graph, new Map());
    const x = { shape: [1, 5, 3, 7], data: new Float32Array(105).fill(2) };
    await program.run({ x });
    for (const buffer of values) buffer.destroy();
    await expect(program.run({ x })).rejects.toMatchObject({
      code: 'backend-failure',
      message: expect.stringContaining('destroyed'),
    });
  });
});
