import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGraph, evaluate, seededWeights } from '@alexnet/core';
import { afterEach, expect, it, vi } from 'vitest';
import { importNative, nativeEngine } from '../providers/node.ts';
import { createBackend } from './backend.ts';

/** Rows of 2 MB, so that the weight goes in two blocks (linear.ts), each a part of one parameter. */
const graph = buildGraph('g', { name: 'x', shape: [2 ** 19] })
  .linear('fc', 32)
  .build();
const weights = seededWeights(graph, 5);
const x = { shape: [2, 2 ** 19], data: Float32Array.from({ length: 2 ** 20 }, (_, i) => ((i * 31) % 17) - 8) };
const want = evaluate(graph, weights, { x }).get('fc')!.data;

afterEach(() => {
  vi.unstubAllEnvs();
});

it.each([
  { why: 'through a temporary file, which it removes', exists: true },
  { why: 'from memory where no file can be written', exists: false },
])('hands over weights $why', async ({ exists }) => {
  const folder = mkdtempSync(join(tmpdir(), 'session-test-'));
  try {
    vi.stubEnv('TMPDIR', exists ? folder : join(folder, 'missing'));
    const backend = createBackend('native', nativeEngine(await importNative(), 'cpu', 2));
    await using program = await backend.compile(graph, weights);
    expect(readdirSync(folder).filter((name) => name.startsWith('alexnet-'))).toEqual([]); // the engine logs there, too
    const { fc } = await program.run({ x });
    const largest = want.reduce((max, y) => Math.max(max, Math.abs(y)), 0);
    expect(Math.max(...want.map((y, i) => Math.abs(y - fc!.data[i]!))) / largest).toBeLessThan(1e-5);
    expect(program.memory().hostBytes).toBeGreaterThanOrEqual(4 * 2 ** 24);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
