import { type Backend, buildGraph, createVariant, evaluate, seededWeights, sizeOf, type Tensor } from '@alexnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { stateOf } from './engines/active.ts';
import { failed, importOptional } from './engines/import.ts';
import { tfjsPeers, tfjsProvider, tfjsProviders } from './index.ts';
import { ALLOCATE, wasmModule } from './testing/wasm-module.ts';

/*
 * tfjs has one engine per process: what our backends and the caller do in it must not touch.
 */

const { graph } = createVariant('bvlc-alexnet', { width: 1 / 32, classes: 10 });
const weights = seededWeights(graph, 7);
const shape = [2, ...graph.inputs[0]!.shape];
const input: Tensor = {
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7919) % 1009) - 504),
};
const want = evaluate(graph, weights, { input }).get('prob')!;

/** The largest difference to the oracle. */
async function errorOf(backend: Backend): Promise<number> {
  await using program = await backend.compile(graph, weights);
  const { prob } = await program.run({ input });
  return want.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - prob!.data[i]!)), 0);
}

const memory = () => {
  const { numTensors, numBytes, numDataBuffers } = tf.memory();
  return { numTensors, numBytes, numDataBuffers };
};

afterEach(() => {
  tf.disposeVariables();
});

describe('side by side', () => {
  it('two engines run overlapping programs, each on its own', async () => {
    await using cpu = await tfjsProvider({ engine: 'cpu' }).create();
    await using wasm = await tfjsProvider({ engine: 'wasm' }).create();
    await using onCpu = await cpu.compile(graph, weights);
    await using onWasm = await wasm.compile(graph, weights);
    const results = await Promise.all([onCpu, onWasm, onCpu, onWasm].map((program) => program.run({ input })));
    const [first, second] = results.map(({ prob }) => prob!.data) as [Float32Array, Float32Array];
    expect(results[2]!['prob']!.data).toEqual(first);
    expect(results[3]!['prob']!.data).toEqual(second);
    expect(first).not.toEqual(second); // different engines round differently
  });

  it("the caller's active backend stays what it was, through start, compile, run and dispose", async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    const mine = tf.tensor1d([1, 2, 3]);
    const seen = new Set<string>();
    const look = setInterval(() => seen.add(tf.getBackend()));
    {
      await using backend = await tfjsProvider({ engine: 'wasm' }).create();
      expect(await errorOf(backend)).toBeLessThan(1e-5);
    }
    clearInterval(look);
    seen.add(tf.getBackend());
    expect([...seen]).toEqual(['cpu']);
    expect([...(await tf.square(mine).data())]).toEqual([1, 4, 9]);
    mine.dispose();
  });

  it('an op that throws in the middle of a run leaves the active backend and the tensors as they were', async () => {
    await tf.setBackend('cpu');
    await using backend = await tfjsProvider({ engine: 'wasm' }).create();
    await using program = await backend.compile(graph, weights);
    const before = memory();
    const softmax = tf.getKernel('Softmax', 'wasm');
    tf.unregisterKernel('Softmax', 'wasm');
    try {
      await expect(program.run({ input })).rejects.toMatchObject({
        code: 'backend-failure',
        where: 'running bvlc-alexnet',
      });
    } finally {
      tf.registerKernel(softmax);
    }
    expect(tf.getBackend()).toBe('cpu');
    expect(memory()).toEqual(before);
    expect((await program.run({ input }))['prob']!.shape).toEqual([2, 10]);
  });

  it("importing native TensorFlow, which makes itself the active backend, leaves the caller's", async ({ skip }) => {
    await tf.setBackend('cpu');
    const { available, detail } = await tfjsProvider({ engine: 'node' }).probe();
    if (!available) skip(detail);
    expect(tf.getBackend()).toBe('cpu');
    await using native = await tfjsProvider({ engine: 'node' }).create();
    await using wasm = await tfjsProvider({ engine: 'wasm' }).create();
    expect(await Promise.all([errorOf(native), errorOf(wasm)])).toSatisfy((errors) => Math.max(...errors) < 1e-5);
    expect(tf.getBackend()).toBe('cpu');
  });

  it('a backend that the caller removes is lost, and the next compile starts it again', async () => {
    await tf.setBackend('cpu');
    await using backend = await tfjsProvider({ engine: 'wasm' }).create();
    const program = await backend.compile(graph, weights);
    tf.removeBackend('wasm');
    await expect(program.run({ input })).rejects.toMatchObject({ code: 'device-lost' });
    await program[Symbol.asyncDispose]();
    expect(await errorOf(backend)).toBeLessThan(1e-5);
  });

  it('weights survive a scope that the caller opens and closes', async () => {
    await using backend = await tfjsProvider({ engine: 'cpu' }).create();
    tf.engine().startScope();
    const program = await backend.compile(graph, weights);
    tf.engine().endScope();
    const { prob } = await program.run({ input });
    expect(prob!.shape).toEqual([2, 10]);
    await program[Symbol.asyncDispose]();
  });

  it('a backend that the caller started is joined, and left running', async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    await tf.setBackend('wasm');
    const started = stateOf(tf).registry['wasm'];
    await tf.setBackend('cpu');
    await using backend = await tfjsProvider({ engine: 'wasm' }).create();
    expect(stateOf(tf).registry['wasm']).toBe(started);
    await backend[Symbol.asyncDispose]();
    expect(stateOf(tf).registry['wasm']).toBe(started);
    const factory = tf.findBackendFactory('wasm'); // for the tests after this one
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory);
  });
});

describe('nothing is left behind', () => {
  const small = buildGraph('g', { name: 'input', shape: [6, 7, 5] })
    .conv2d('conv', 4, 3, { groups: 2, pads: { left: 1, bottom: 2 } })
    .relu('relu')
    .lrn('norm', { size: 4, alpha: 0.5, beta: 0.75, bias: 2 })
    .maxPool2d('pool', 2, { stride: 2, ceilMode: true })
    .flatten('flat')
    .linear('fc', 3)
    .softmax('prob')
    .build();
  const small1 = { shape: [1, 6, 7, 5], data: new Float32Array(6 * 7 * 5).fill(0.5) };

  it.for(['cpu', 'wasm', 'node'] as const)('a thousand runs on %s hold what one holds', async (engine, { skip }) => {
    const provider = tfjsProvider({ engine });
    const { available, detail } = await provider.probe();
    if (!available) skip(detail);
    const before = memory();
    await using backend = await provider.create();
    const program = await backend.compile(small, seededWeights(small, 1), { outputs: ['conv', 'prob'] });
    await program.warmup?.();
    const one = memory();
    for (let run = 0; run < 1000; run++) await program.run({ input: small1 });
    expect(memory()).toEqual(one);
    await program[Symbol.asyncDispose]();
    expect(memory()).toEqual(before);
  });

  it('the last user ends an engine that was started here; the next one starts it again', async () => {
    await tf.setBackend('cpu');
    const first = await tfjsProvider({ engine: 'wasm' }).create();
    const second = await tfjsProvider({ engine: 'wasm' }).create();
    const program = await second.compile(graph, weights);
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
    expect(Object.keys(stateOf(tf).registry)).toContain('wasm'); // the program still needs it
    await program[Symbol.asyncDispose]();
    expect(Object.keys(stateOf(tf).registry)).not.toContain('wasm');
    await using again = await tfjsProvider({ engine: 'wasm' }).create();
    expect(await errorOf(again)).toBeLessThan(1e-5);
  });
});

describe('what does not fit', () => {
  it.each([0, -1, 1.5, Number.NaN, 1e9])('%s threads are refused', async (threads) => {
    await expect(tfjsProvider({ engine: 'cpu' }).create({ threads })).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('a number of threads that the engine does not take is told', async () => {
    await using backend = await tfjsProvider({ engine: 'cpu' }).create({ threads: 3 });
    expect(backend.environment.notes).toContain('3 threads were asked for.');
  });

  it('one thread of WebAssembly in Node is told, as what holds it back', async () => {
    await using backend = await tfjsProvider({ engine: 'wasm' }).create();
    const [{ reason }] = backend.environment.hindrances as [{ readonly reason: string }];
    expect(reason).toMatch(/^One thread: tfjs has no WebAssembly threads in Node/);
    expect(backend.environment.notes).toContain(reason);
  });

  it.each([0, -1, 1.5, 1e15])('a warm-up with %s samples is refused', async (batch) => {
    await using backend = await tfjsProvider({ engine: 'cpu' }).create();
    await using program = await backend.compile(graph, weights);
    await expect(program.warmup?.(batch)).rejects.toMatchObject({
      code: expect.stringMatching(/invalid-input|out-of-memory/),
    });
  });

  it('WebAssembly without memory throws; tfjs would take address 0', async () => {
    await using backend = await tfjsProvider({ engine: 'wasm' }).create();
    expect(() => wasmModule()[ALLOCATE](2 ** 32 - 2 ** 16)).toThrow('out of memory');
    expect(await errorOf(backend)).toBeLessThan(1e-5);
  });

  it('a compile or run that was cancelled leaves nothing', async () => {
    await using backend = await tfjsProvider({ engine: 'cpu' }).create();
    const before = memory();
    const signal = AbortSignal.abort();
    await expect(backend.compile(graph, weights, { signal })).rejects.toMatchObject({ code: 'aborted' });
    const program = await backend.compile(graph, weights, { precision: 'q8' });
    const stop = new AbortController();
    const run = program.run({ input }, { signal: stop.signal });
    stop.abort();
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
    await program[Symbol.asyncDispose]();
    expect(memory()).toEqual(before);
  });
});

describe('which engine', () => {
  it('the best that is here is chosen, and says why not another', async () => {
    await using backend = await tfjsProvider().create();
    expect(backend.id).toBe('tfjs');
    expect(backend.environment.engine).toMatch(/tfjs-node|wasm/);
    expect(backend.environment.notes.join(' ')).toMatch(/Not node-gpu: .*tfjs-node/);
    expect(await errorOf(backend)).toBeLessThan(1e-5);
  });

  it("the caller's own tfjs is used", async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    await using backend = await tfjsProvider({ engine: 'cpu', tf }).create();
    expect(await errorOf(backend)).toBeLessThan(1e-5);
  });

  it("an engine that the caller's tfjs does not have is missing, and the package named", async () => {
    const provider = tfjsProvider({ engine: 'cpu', tf: { ...tf, findBackendFactory: () => null } });
    expect(await provider.probe()).toMatchObject({
      available: false,
      fix: expect.stringContaining('tfjs-backend-cpu'),
    });
    await expect(provider.create()).rejects.toMatchObject({ code: 'missing-dependency' });
  });

  it.each(['webgpu', 'webgl'] as const)('%s says what it lacks in Node', async (engine) => {
    const { available, detail } = await tfjsProvider({ engine }).probe();
    expect({ available, detail }).toEqual({
      available: false,
      detail: expect.stringMatching(/There is no Web(GPU|GL 2)/),
    });
    await expect(tfjsProvider({ engine }).create()).rejects.toMatchObject({ code: 'missing-dependency' });
  });

  it('a package that is not installed is named', async () => {
    const name = '@tensorflow/none';
    const missing = await importOptional(name, () => import(name).catch(failed));
    expect(missing).toEqual({
      missing: 'The package @tensorflow/none is not installed',
      fix: 'Install it: npm install @tensorflow/none',
    });
  });

  it('lists the engines of Node, best first, and a peer for each engine', () => {
    expect(tfjsProviders().map(({ id }) => id)).toEqual(['tfjs-node-gpu', 'tfjs-node', 'tfjs-wasm', 'tfjs-cpu']);
    expect(tfjsPeers()).toHaveLength(6);
  });

  it('an unknown precision is refused', async () => {
    await using backend = await tfjsProvider({ engine: 'cpu' }).create();
    const compile = backend.compile(graph, weights, { precision: 'q3' as 'q4' });
    await expect(compile).rejects.toMatchObject({ code: 'unsupported' });
  });
});
