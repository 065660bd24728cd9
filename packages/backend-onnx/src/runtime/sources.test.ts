import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGraph, evaluate, seededWeights } from '@alexnet/core';
import { watchedSource } from '@alexnet/core/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { importNative, nativeEngine } from '../providers/node.ts';
import { importWeb, wasmEngine } from '../providers/web.ts';
import { createBackend } from './backend.ts';
import type { Engine, OnnxRuntime } from './engine.ts';

/** `fc` has rows of 2 MB: read two at a time, and in two blocks where layers are convolutions; its bias is inside the model. */
const graph = buildGraph('g', { name: 'x', shape: [2 ** 11, 16, 16] })
  .conv2d('conv', 2 ** 11, 1, { groups: 2 ** 11 })
  .batchNorm('norm', 1e-3)
  .flatten('flat')
  .linear('fc', 32)
  .relu('relu')
  .linear('last', 7)
  .build();
const weights = seededWeights(graph, 5);
const x = {
  shape: [1, 2 ** 11, 16, 16],
  data: Float32Array.from({ length: 2 ** 19 }, (_, i) => ((i * 31) % 17) - 8),
};

const engines: readonly { readonly where: string; readonly files: boolean; readonly open: () => Promise<Engine> }[] = [
  { where: 'native, through a file', files: true, open: async () => nativeEngine(await importNative(), 'cpu', 2) },
  {
    where: 'native, where no file can be written',
    files: false,
    open: async () => nativeEngine(await importNative(), 'cpu', 2),
  },
  { where: 'WebAssembly', files: true, open: async () => wasmEngine((await importWeb()) as OnnxRuntime, 2) },
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sources-test-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const left = () => readdirSync(folder).filter((name) => name.startsWith('alexnet-'));

describe.each(engines)('weights that are still arriving: $where', ({ files, open }) => {
  const start = async () => {
    vi.stubEnv('TMPDIR', files ? folder : join(folder, 'missing'));
    return createBackend('test', await open());
  };

  it('give the bits that weights in memory give, which are right', async () => {
    const backend = await start();
    await using want = await backend.compile(graph, weights);
    await using got = await backend.compile(
      graph,
      watchedSource(weights, () => {}),
    );
    const result = await got.run({ x });
    expect(result).toEqual(await want.run({ x }));
    const oracle = evaluate(graph, weights, { x }).get('last')!.data;
    const largest = oracle.reduce((max, y) => Math.max(max, Math.abs(y)), 0);
    expect(Math.max(...oracle.map((y, i) => Math.abs(y - result['last']!.data[i]!))) / largest).toBeLessThan(1e-5);
    expect(left()).toEqual([]);
  });

  it('that break off leave their own error and no file', async () => {
    const backend = await start();
    const cut = Object.assign(new TypeError('the connection was cut'), { code: 'ECONNRESET' }); // not the file system's
    let reads = 0;
    await using program = await backend.compile(
      graph,
      watchedSource(weights, (_, i) => (reads = i + 1)),
    );
    expect(program.memory().hostBytes).toBeGreaterThan(4 * 2 ** 24);
    for (const at of [0, 5, 6, 8, reads - 1]) {
      const broken = watchedSource(weights, (_, i) => {
        if (i === at) throw cut;
      });
      await expect(backend.compile(graph, broken)).rejects.toBe(cut);
      expect(left()).toEqual([]);
    }
  });

  it('that nobody waits for any more leave no file', async () => {
    const backend = await start();
    const stop = new AbortController();
    const source = watchedSource(weights, (name) => {
      if (name === 'fc.weight') stop.abort();
    });
    await expect(backend.compile(graph, source, { signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' });
    expect(left()).toEqual([]);
  });
});

it('a disk that turns out to be full is done without, and each part of the weights is read again', async () => {
  const fs = process.getBuiltinModule('node:fs');
  const write = vi.spyOn(fs, 'writeSync');
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  try {
    vi.stubEnv('TMPDIR', folder);
    const backend = createBackend('test', nativeEngine(await importNative(), 'cpu', 2));
    await using want = await backend.compile(graph, weights);
    let writes = 0;
    write.mockImplementation(() => {
      if (++writes === 3) throw full;
      return 2 ** 22;
    });
    await using got = await backend.compile(
      graph,
      watchedSource(weights, () => {}),
    );
    expect(writes).toBe(3);
    expect(await got.run({ x })).toEqual(await want.run({ x }));
    expect(left()).toEqual([]);
  } finally {
    write.mockRestore();
  }
});
