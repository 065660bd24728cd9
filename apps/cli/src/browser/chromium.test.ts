import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '@alexnet/chromium';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { followPage } from './follow-page.ts';
import type { Job, News } from './job.ts';
import { type Served, serve } from './serve.ts';

/*
 * With a real browser: the built command, and pages that go wrong.
 */

let browser: Browser | undefined;
let absent = '';
beforeAll(async () => {
  browser = await launchChromium().catch((error: Error) => {
    absent = error.message;
    return undefined;
  });
});
afterAll(() => browser?.close());
beforeEach((context) => {
  if (browser === undefined) context.skip(absent);
});

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const narrow = ['--variant', 'torchvision', '--width', '0.0625', '--classes', '10'];

interface Finished {
  readonly code: number | null;
  readonly records: Record<string, unknown>[];
  readonly err: string;
}

function alexnet(args: readonly string[], { interrupt = false } = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args, '--in', 'chromium', '--json']);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (interrupt && out === '') child.kill('SIGINT');
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      const records = out.split('\n').filter(Boolean);
      resolve({ code, records: records.map((line) => JSON.parse(line) as Record<string, unknown>), err });
    });
  });
}

describe('the command in Chromium', () => {
  it('conforms: the whole suite runs in the page', async () => {
    const { code, records, err } = await alexnet(['conform', '--level', 'quick', '--backend', 'onnx-web', ...narrow]);
    expect(err).toMatch(/In Chromium \d+\.[\d.]+, headless; (no )?WebGPU adapter/);
    const ids = records.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['behaviour/two-programs', 'network/torchvision/chelsea/end-to-end']));
    expect(records.at(-1)).toMatchObject({ failed: 0 });
    expect(code).toBe(0);
  });

  it('benchmarks: records say in which browser', async () => {
    const args = ['bench', '--backend', 'onnx-web', ...narrow, '--batch', '3', '--budget', '1'];
    const { code, records } = await alexnet(args);
    const warm = records.find(({ phase }) => phase === 'warm');
    expect(warm).toMatchObject({
      candidate: 'onnx-web',
      engine: expect.stringMatching(/^onnxruntime-web \d\S+ in Chromium \d+\.\d/),
      batch: 3,
    });
    expect(code).toBe(0);
  });

  it('is a doctor: what runs in the page is right, timed and chosen', async () => {
    const { code, records } = await alexnet(['doctor', '--backend', 'tfjs-wasm']);
    expect(records).toMatchObject([
      {
        record: 'finding',
        backend: 'tfjs-wasm',
        lacks: [],
        environment: { engine: expect.stringContaining('in Chromium') },
        correctness: { passed: true },
        speed: { p50Ms: expect.any(Number) },
      },
      { record: 'end', chosen: 'tfjs-wasm', findings: 1 },
    ]);
    expect(code).toBe(0);
  });

  it('refuses a backend that only Node has, as bad usage', async () => {
    const { code, err } = await alexnet(['bench', '--backend', 'onnx-node', ...narrow]);
    expect(err).toMatch(
      /no backend called "onnx-node".*onnx-web, tfjs-webgpu, tfjs-webgl, tfjs-wasm, tfjs-cpu, reference/,
    );
    expect(err).not.toContain('    at ');
    expect(code).toBe(2);
  });

  it('stops on Ctrl-C', async () => {
    const { code, records } = await alexnet(['conform', '--backend', 'onnx-web'], { interrupt: true });
    expect(records.length).toBeGreaterThan(0);
    expect(records.at(-1)).not.toHaveProperty('failed');
    expect(code).toBe(130);
  });
});

describe('a page that goes wrong is an error, never a wait', () => {
  const job: Job = {
    kind: 'bench',
    browser: 'Chromium',
    variants: [],
    batches: [],
    seed: 0,
    budget: 1,
  };
  const page = (script: string) =>
    serve({ html: `<script>globalThis.alexnetStart = ${script}</script>`, folders: {}, made: {} });
  const newsOf = (news: News) => JSON.stringify(JSON.stringify(news));

  /** Follows a page that reports progress and then does nothing, and does something to it then. */
  async function follow(served: Served, then: (stop: AbortController) => unknown): Promise<unknown> {
    const stop = new AbortController();
    try {
      return await followPage(browser!, served.origin, job, stop.signal, () => void then(stop));
    } finally {
      await served[Symbol.asyncDispose]();
    }
  }
  const waits = () => page(`() => { alexnetNews(${newsOf({ kind: 'progress', label: 'works' })}); }`);
  const lastPage = () => browser!.contexts().at(-1)!.pages().at(-1)!;

  it('when it crashes', async () => {
    const end = follow(await waits(), () =>
      lastPage()
        .goto('chrome://crash')
        .catch(() => {}),
    );
    await expect(end).rejects.toMatchObject({ code: 'backend-failure', message: expect.stringContaining('crashed') });
  });

  it('when it is closed', async () => {
    const end = follow(await waits(), () => lastPage().close());
    await expect(end).rejects.toMatchObject({ code: 'backend-failure', message: expect.stringContaining('closed') });
  });

  it('when it is cancelled', async () => {
    const end = follow(await waits(), (stop) => stop.abort());
    await expect(end).rejects.toMatchObject({ code: 'aborted' });
  });

  it('when its script breaks down', async () => {
    const end = follow(await page('() => setTimeout(() => { throw new Error("no such thing"); })'), () => {});
    await expect(end).rejects.toMatchObject({
      code: 'backend-failure',
      message: expect.stringContaining('no such thing'),
    });
  });

  it('when the job fails, with the error of the job', async () => {
    const failed: News = { kind: 'failed', error: { text: 'Too large', code: 'out-of-memory', fix: 'Use less.' } };
    const end = follow(await page(`() => { alexnetNews(${newsOf(failed)}); }`), () => {});
    await expect(end).rejects.toMatchObject({ code: 'out-of-memory', message: 'Too large. Use less.' });
  });
});
