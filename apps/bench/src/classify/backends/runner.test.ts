import { createTurns, type Tensor } from '@alexnet/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Network } from '../network.ts';
import { FakeWorker } from '../testing/fake-worker.ts';
import { createRunner } from './runner.ts';

const network = { variant: { graph: { outputs: ['prob'] } }, weights: new Map() } as unknown as Network;
const input = (value: number): Tensor => ({ shape: [1, 1], data: Float32Array.of(value) });
const loaded = { environment: { engine: 'x' }, compileMs: 5 };
/** Two crops of three classes. */
const ran = {
  output: { shape: [2, 3], data: Float32Array.of(0.5, 0.25, 0.25, 0.25, 0.25, 0.5) },
  ms: 7,
  isFirst: false,
};

beforeEach(() => {
  FakeWorker.started = [];
  vi.stubGlobal('Worker', FakeWorker);
});
afterEach(() => {
  vi.unstubAllGlobals();
});
const worker = () => FakeWorker.started.at(-1)!;
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('a backend in its worker', () => {
  it('loads, then runs, and gives the mean over crops', async () => {
    const runner = createRunner('onnx-web', network, createTurns());
    const image = input(1);
    runner.classify(image);
    await settled();
    expect(runner.phase.value).toBe('loading');
    worker().say({ id: 0, answer: loaded });
    await settled();
    expect(runner.phase.value).toBe('running');
    worker().say({ id: 1, answer: ran });
    await settled();
    expect(runner.phase.value).toBe('idle');
    expect(runner.loaded.value).toEqual(loaded);
    expect(runner.result.value).toEqual({
      input: image,
      ms: 7,
      isFirst: false,
      probabilities: Float64Array.of(0.375, 0.25, 0.375),
    });
  });

  it('runs the last of several images that waited, and none twice', async () => {
    const runner = createRunner('onnx-web', network, createTurns());
    const [first, last] = [input(1), input(2)];
    runner.classify(first);
    runner.classify(last);
    await settled();
    worker().say({ id: 0, answer: loaded });
    await settled();
    worker().say({ id: 1, answer: ran });
    await settled();
    runner.classify(last);
    await settled();
    expect(worker().asked.map(({ name, question }) => [name, (question as { input?: Tensor }).input])).toEqual([
      ['load', undefined],
      ['run', last],
    ]);
  });

  it('waits for its turn, also after a backend that was ended', async () => {
    const inTurn = createTurns();
    const before = createRunner('onnx-web', network, inTurn);
    const runner = createRunner('tfjs-wasm', network, inTurn);
    await settled();
    expect(runner.phase.value).toBe('waiting');
    expect(worker().asked).toEqual([]);
    before[Symbol.dispose]();
    await settled();
    expect(runner.phase.value).toBe('loading');
  });

  it('fails with what the worker says, and ends it', async () => {
    const runner = createRunner('webgpu', network, createTurns());
    runner.classify(input(1));
    await settled();
    const failure = { code: 'unsupported', message: 'There is no adapter.', fix: 'Get one.' };
    worker().say({ id: 0, failure });
    await settled();
    expect([runner.phase.value, runner.failure.value, runner.result.value]).toEqual(['failed', failure, undefined]);
    expect(worker().terminated).toBe(true);
    expect(worker().asked).toHaveLength(1);
  });
});
