import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '@alexnet/chromium';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Served, serve } from './serve.ts';
import type * as scenarios from './tfjs-page/scenarios.ts';

/*
 * The engines of TensorFlow.js that only browsers have, in pages of a headless Chromium: devices that are lost, given up and started
 * again, engines side by side, and what they leave behind.
 */

let script: string;
let served: Served;
let browser: Browser | undefined;
let absent = '';

beforeAll(async () => {
  browser = await launchChromium().catch((error: Error) => {
    absent = error.message;
    return undefined;
  });
  if (browser === undefined) return;
  const require = createRequire(import.meta.url);
  served = await serve({
    html: '<!doctype html><link rel="icon" href="data:,">',
    folders: { tfjs: dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm')) },
    made: {},
  });
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./tfjs-page/page.browser.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@alexnet/source'],
  });
  script = outputFiles[0]!.text;
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});
beforeEach((context) => {
  if (browser === undefined) context.skip(absent);
});

/** A page with the scenarios; tfjs starts afresh in it. */
async function open(): Promise<Page> {
  const page = await browser!.newPage();
  await page.goto(served.origin);
  await page.addScriptTag({ content: script, type: 'module' });
  await page.waitForFunction('globalThis.scenarios !== undefined');
  return page;
}

type Scenarios = typeof scenarios;

/** Plays a scenario in the page; its result comes back as JSON does. */
function play<K extends keyof Scenarios>(
  page: Page,
  scenario: K,
  ...given: Parameters<Scenarios[K]>
): ReturnType<Scenarios[K]> {
  const played = page.evaluate(
    ({ name, args }) => {
      const all = (globalThis as unknown as { scenarios: Record<string, (...args: unknown[]) => unknown> }).scenarios;
      return all[name]!(...args);
    },
    { name: scenario, args: given },
  );
  return played as ReturnType<Scenarios[K]>;
}

/** Float32 in another order than the oracle's; probabilities are at most 1. */
const TOLERANCE = 1e-6;

describe.each(['webgl', 'webgpu'] as const)('%s', (engine) => {
  let page: Page;
  beforeAll(async () => {
    if (browser !== undefined) page = await open();
  });

  it('a lost device is a typed error in every run, also the one under way; the next compile works', async () => {
    const { first, ends, polled, after, left, started } = await play(page, 'deviceLoss', engine);
    expect(first).toBeLessThan(TOLERANCE);
    expect(ends).toEqual({ underWay: 'device-lost', atOnce: 'device-lost', later: 'device-lost' });
    expect(polled).toBe(0); // or tfjs would ask the lost context for ever
    for (const error of after) expect(error).toBeLessThan(TOLERANCE);
    expect(left.after).toEqual(left.before);
    expect(started).toEqual(['cpu']); // two compiles at once started it again, and held it once
  });

  it('dispose works after a loss that nobody has noticed', async () => {
    const { left, next } = await play(page, 'disposeAfterLoss', engine);
    expect(left.after).toEqual(left.before);
    expect(next).toBeLessThan(TOLERANCE);
  });

  it('200 runs hold what one holds, on the device, too; dispose frees all', async () => {
    const { one, many, idle, disposed, left } = await play(page, 'manyRuns', engine, 200);
    expect(one.gpu).toBeGreaterThan(idle);
    expect(many).toEqual(one);
    expect(disposed).toBe(idle);
    expect(left.after).toEqual(left.before);
  });

  it('the last user gives the device up; the next one gets another', async () => {
    const { shared, ended, next } = await play(page, 'lastUser', engine);
    expect(shared.gone).toBe(false);
    expect(shared.error).toBeLessThan(TOLERANCE);
    expect(ended).toEqual({ gone: true, started: ['cpu'] });
    expect(next).toBeLessThan(TOLERANCE);
  });

  it('dispose lets a run that is under way finish, and gives the device up after it', async () => {
    const { error, started, left } = await play(page, 'disposeDuringRun', engine);
    expect(error).toBeLessThan(TOLERANCE);
    expect(started).toEqual(['cpu']);
    expect(left.after).toEqual(left.before);
  });

  it('a compile that is under way when its backend is disposed gives a program, which then holds the device', async () => {
    const { error, started } = await play(page, 'disposeDuringCompile', engine);
    expect(error).toBeLessThan(TOLERANCE);
    expect(started).toEqual(['cpu']);
  });

  it('starts 20 times, more often than a page may have WebGL contexts (16)', async () => {
    const lost: string[] = [];
    page.on('console', (message) => lost.push(message.text()));
    const { after, error } = await play(page, 'cycles', engine, 20);
    expect(after).toEqual(['cpu']);
    expect(error).toBeLessThan(TOLERANCE);
    expect(lost.filter((text) => text.includes('Too many active WebGL contexts'))).toEqual([]);
  });

  it('warmup() compiles every shader that a run needs', async () => {
    const { before, warm, ran } = await play(page, 'warmup', engine);
    expect(warm).toBeGreaterThan(before);
    expect(ran).toBe(warm);
  });
});

describe('a page', () => {
  it('has three engines side by side, while it uses tfjs itself on a fourth', async () => {
    const { during, errors, squares, cubes, seen, after } = await play(await open(), 'sideBySide');
    expect(during).toEqual(['cpu', 'wasm', 'webgl', 'webgpu']);
    expect(errors).toHaveLength(6);
    for (const error of errors) expect(error).toBeLessThan(TOLERANCE);
    expect({ squares, cubes }).toEqual({ squares: [1, 4, 9], cubes: [1, 8, 27] });
    expect(seen).toEqual(['cpu']);
    expect(after).toEqual(['cpu']);
  });

  it('keeps a WebGL context of its own that tfjs was given', async () => {
    const { error, started, lost, last } = await play(await open(), 'contextOfThePage');
    expect(error).toBeLessThan(TOLERANCE);
    expect(started).toEqual(['cpu', 'theirs']);
    expect(lost).toBe(false);
    expect(last).toBe(Math.fround(4095 ** 4));
  });

  it('has no worker of WebAssembly left when the last user is gone', async () => {
    const page = await open();
    let workers = 0;
    page.on('worker', () => workers++);
    const { after, error } = await play(page, 'cycles', 'wasm', 3);
    expect(after).toEqual(['cpu']);
    expect(error).toBeLessThan(TOLERANCE);
    expect(workers).toBeGreaterThan(0);
    await expect.poll(() => page.workers().length).toBe(0);
  });
});
