import { fileURLToPath } from 'node:url';
import { launchChromium } from '@alexnet/chromium';
import { createVariant, type Manifest, seededWeights } from '@alexnet/core';
import { cacheKey, writeWeights } from '@alexnet/core/files';
import { does, type HostileServer, hostileServer } from '@alexnet/core/testing';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CacheKind } from './weights-page/load.ts';
import type * as scenarios from './weights-page/scenarios.ts';

/*
 * Loading weights in pages and workers of a headless Chromium: its caches, its file system, its HTTP.
 */

const files = new Map<string, Uint8Array | string>([['/', '<!doctype html><link rel="icon" href="data:,">']]);
let manifest: Manifest;
let browser: Browser | undefined;
let absent = '';

beforeAll(async () => {
  browser = await launchChromium().catch((error: Error) => {
    absent = error.message;
    return undefined;
  });
  if (browser === undefined) return;
  const { outputFiles } = await build({
    entryPoints: ['page', 'worker'].map((name) =>
      fileURLToPath(new URL(`./weights-page/${name}.browser.ts`, import.meta.url)),
    ),
    bundle: true,
    write: false,
    outdir: '.',
    format: 'esm',
    target: 'es2022',
    conditions: ['@alexnet/source'],
  });
  for (const name of ['page', 'worker']) {
    files.set(`/${name}.js`, outputFiles.find(({ path }) => path.endsWith(`${name}.browser.js`))!.text);
  }
  const dimensions = { classes: 10, width: 0.125, inputSize: 224 };
  const variant = createVariant('torchvision', dimensions);
  const given = { variant, dimensions, weights: seededWeights(variant.graph, 1), precision: 'f32' as const };
  for await (const { name, data } of writeWeights({ ...given, shardBytes: 2 ** 19 })) files.set(`/w/${name}`, data);
  manifest = JSON.parse(Buffer.from(files.get('/w/manifest.json') as Uint8Array).toString()) as Manifest;
});
afterAll(() => browser?.close());

let server: HostileServer;
let context: BrowserContext;
let page: Page;
beforeEach(async (test) => {
  if (browser === undefined) return test.skip(absent);
  server = await hostileServer(files);
  context = await browser.newContext(); // storage of its own
  page = await open();
});
afterEach(async () => {
  await context?.close();
  await server?.[Symbol.asyncDispose]();
});

async function open(): Promise<Page> {
  const opened = await context.newPage();
  await opened.goto(`${server.origin}/`);
  await opened.addScriptTag({ url: '/page.js', type: 'module' });
  await opened.waitForFunction('globalThis.scenarios !== undefined');
  return opened;
}

type Scenarios = typeof scenarios;

/** Plays a scenario in the page; its result comes back as JSON does. */
function play<K extends keyof Scenarios>(
  scenario: K,
  ...given: Parameters<Scenarios[K]>
): Promise<Awaited<ReturnType<Scenarios[K]>>> {
  const played = page.evaluate(
    ({ name, args }) => {
      const all = (globalThis as unknown as { scenarios: Record<string, (...args: unknown[]) => unknown> }).scenarios;
      return all[name]!(...args);
    },
    { name: scenario, args: given },
  );
  return played as Promise<Awaited<ReturnType<Scenarios[K]>>>;
}

const address = () => `${server.origin}/w/`;
const shard = (index: number) => `/w/${manifest.shards[index]!.file}`;
const asked = () => server.paths.filter((path) => path.endsWith('.safetensors')).length;
const allKeys = () => manifest.shards.map(({ sha256 }) => cacheKey(sha256)).toSorted();

describe.each<CacheKind>(['cacheApi', 'opfs'])('the cache %s', (kind) => {
  it('gives back what was put, until it is deleted', async () => {
    const key = allKeys()[0]!;
    const found = await play('putGetDelete', kind, key);
    expect(found).toEqual({ before: undefined, put: 1003, first: 9, again: 5, deleted: undefined });
  });

  it('has every shard after the first load; the second asks for none', async () => {
    const first = await play('loadHere', address(), kind);
    expect(first).toMatchObject({ loaded: manifest.bytes, cached: 0, warnings: [] });
    expect(asked()).toBe(manifest.shards.length);
    expect(await play('keys', kind)).toEqual(allKeys());
    await page.close();
    page = await open();
    expect(await play('loadHere', address(), kind)).toEqual({ ...first, cached: manifest.bytes });
    expect(asked()).toBe(manifest.shards.length);
  });

  it.each(['wrong', 'cut'] as const)('has an entry fetched anew that is %s', async (how) => {
    const first = await play('loadHere', address(), kind);
    await play('damage', kind, cacheKey(manifest.shards[1]!.sha256), how);
    const second = await play('loadHere', address(), kind);
    expect(second.sum).toBe(first.sum);
    expect(second.warnings).toEqual([expect.stringContaining(`damaged copy of ${manifest.shards[1]!.file}`)]);
    expect(server.asked(shard(1))).toHaveLength(2);
    expect(await play('loadHere', address(), kind)).toMatchObject({ cached: manifest.bytes, warnings: [] });
  });

  it('is filled by three workers and two pages at once', async () => {
    const [workers, here, there] = await Promise.all([
      play('loadInWorkers', address(), kind, 3),
      play('loadHere', address(), kind),
      open().then(async (other) => {
        page = other;
        return play('loadHere', address(), kind);
      }),
    ]);
    const all = [...workers, here, there];
    expect(all.flatMap(({ warnings }) => warnings)).toEqual([]);
    expect(new Set(all.map(({ sum }) => sum)).size).toBe(1);
    expect(await play('keys', kind)).toEqual(allKeys());
    const before = asked();
    expect(await play('loadHere', address(), kind)).toMatchObject({ cached: manifest.bytes, warnings: [] });
    expect(asked()).toBe(before);
  });

  it.each([false, true])('that has no room is a warning, not an error (quota hidden: %s)', async (hidden) => {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize: 1000 });
    if (hidden) await play('hideQuota');
    const loaded = await play('loadHere', address(), kind);
    expect(loaded).toMatchObject({ loaded: manifest.bytes, cached: 0 });
    expect(loaded.warnings).toEqual([
      expect.stringMatching(/^out-of-memory: There is no room for \d+ bytes in the cache/),
    ]);
  });
});

describe('in a page', () => {
  it.each(['folder', 'files'] as const)('weights are loaded from a chosen %s', async (how) => {
    const names = ['manifest.json', ...manifest.shards.map(({ file }) => file)];
    const loaded = await play('loadFolder', address(), names, how);
    expect(loaded).toEqual({ ...(await play('loadHere', address())), cached: 0 });
  });

  it('an address may be relative to the page', async () => {
    expect((await play('loadHere', '/w/manifest.json')).loaded).toBe(manifest.bytes);
  });

  // biome-ignore format: a table
  it.each<{ what: string; given: does.Answer[]; ranges: string[] }>([
    { what: 'cuts the connection', given: [does.cutAt(40_000)], ranges: ['-', '40000- if "1"'] },
    { what: 'cuts it, and then ignores ranges', given: [does.cutAt(40_000), does.whole], ranges: ['-', '40000- if "1"'] },
    { what: 'stalls', given: [does.stallAt(0)], ranges: ['-', '-'] },
    { what: 'never answers', given: [does.silent], ranges: ['-', '-'] },
    { what: 'compresses', given: [does.gzipped()], ranges: ['-'] },
    { what: 'redirects', given: [does.redirect('?again')], ranges: ['-', '-'] },
    { what: 'sends a wrong bit', given: [does.wrongBit], ranges: ['-', '-'] },
    { what: 'fails for a while', given: [does.status(503), does.status(429, { 'retry-after': '0' })], ranges: ['-', '-', '-'] },
  ])('a server that $what', async ({ given, ranges }) => {
    server.next(shard(1), ...given);
    expect((await play('loadHere', address())).loaded).toBe(manifest.bytes);
    const got = server.asked(shard(1));
    // Chromium's own cache may ask whether byte 40000 is still the same, before it asks for the rest
    expect(got.map((range) => range.replace(/^\d+-(\d+)?/, '40000-'))).toEqual(ranges);
  });

  it('from another site, without headers that it would have to allow', async () => {
    await using other = await hostileServer(files);
    other.next(shard(1), does.cutAt(40_000));
    const loaded = await play('loadHere', `${other.origin}/w/`);
    expect(loaded.loaded).toBe(manifest.bytes);
    // a preflight would be a third request
    expect(other.asked(shard(1))).toEqual(['-', expect.stringMatching(/^\d+-/)]);
  });

  it('a load that is cancelled leaves no request', async () => {
    server.next(shard(0), does.silent);
    expect(await play('cancel', address(), 300)).toBe('aborted');
    await expect.poll(() => server.open()).toBe(0);
  });
});
