import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createVariant, type Manifest, seededWeights } from '@alexnet/core';
import { cacheKey, writeWeights } from '@alexnet/core/files';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Served, serve } from '../browser/serve.ts';
import { hashFile } from '../pull/hash-file.ts';

/*
 * Processes that fill the same cache at the same time.
 */

let folder: string;
let served: Served;
let manifest: Manifest;
let script: string;
const asked: string[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alexnet-processes-'));
  const dimensions = { classes: 10, width: 0.125, inputSize: 224 };
  const variant = createVariant('torchvision', dimensions);
  const files = new Map<string, Uint8Array>();
  const given = { variant, dimensions, weights: seededWeights(variant.graph, 1), precision: 'f32' as const };
  for await (const { name, data } of writeWeights({ ...given, shardBytes: 2 ** 18 })) files.set(name, data);
  manifest = JSON.parse(Buffer.from(files.get('manifest.json')!).toString()) as Manifest;
  const answer = async (name: string) => {
    asked.push(name);
    return files.get(name);
  };
  served = await serve({ html: '', folders: {}, made: { weights: answer } });
  script = join(folder, 'load.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./load.process.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile: script,
    conditions: ['@alexnet/source'],
  });
});
afterAll(async () => {
  await served?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Outcome {
  readonly sum: number;
  readonly warnings: readonly string[];
}

/** Starts processes; when all are there they are told to go. */
async function load(cache: string, count: number): Promise<Outcome[]> {
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, [script, `${served.origin}/weights/manifest.json`, cache], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const lines = children.map(({ stdout }) => createInterface(stdout)[Symbol.asyncIterator]());
  for (const line of lines) expect((await line.next()).value).toBe('ready');
  for (const child of children) child.stdin.write('go\n');
  const results = await Promise.all(
    lines.map(async (line) => JSON.parse(String((await line.next()).value)) as Outcome),
  );
  await Promise.all(children.map(ended));
  return results;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode === null) child.once('exit', () => resolve());
    else resolve();
  });
}

it('three processes fill a cache at once: each has the weights, and the cache has every shard whole and nothing else', async () => {
  const cache = join(folder, 'cache');
  const results = await load(cache, 3);
  expect(new Set(results.map(({ sum }) => sum)).size).toBe(1);
  expect(results.flatMap(({ warnings }) => warnings)).toEqual([]);
  expect(readdirSync(cache).toSorted()).toEqual(manifest.shards.map(({ sha256 }) => cacheKey(sha256)).toSorted());
  for (const { sha256, bytes } of manifest.shards) {
    const file = join(cache, cacheKey(sha256));
    expect(readFileSync(file).length).toBe(bytes);
    expect(await hashFile(file, 'sha256')).toBe(sha256);
  }

  asked.length = 0;
  expect(await load(cache, 2)).toEqual([results[0], results[0]]);
  expect(asked).toEqual(['manifest.json', 'manifest.json']);
});
