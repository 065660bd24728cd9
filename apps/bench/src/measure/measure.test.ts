import { parseSurvey } from '@alexnet/benchmark';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withChromium } from '../testing/chromium.ts';
import { type Served, serveSite } from '../testing/site.ts';
import { scrollsSideways, type Visit, violations, visit } from '../testing/visit.ts';

/*
 * Measuring, and its results. One run, on WebGPU in software and on WebAssembly, is what all of them look at.
 */

let served: Served;
beforeAll(async () => {
  served = await serveSite();
});
afterAll(() => served?.[Symbol.asyncDispose]());

const browser = withChromium();

/** Chooses what to measure, and presses the button. */
async function start({ page }: Visit, backends: readonly string[]): Promise<void> {
  for (const box of await page.locator('input[name=backend]').all()) {
    await box.setChecked(backends.includes((await box.getAttribute('value'))!));
  }
  await page.getByRole('button', { name: 'Measure this browser' }).click();
}

const verdictOf = ({ page }: Visit) => page.locator('.verdict-card .sentence').allTextContents();

/** Threads end with the worker that started them, of which the debugger does not hear. */
const workersOf = ({ page }: Visit) => page.workers().filter((worker) => worker.url().includes('measure.worker'));

const open = ({ page }: Visit, name: string, content: string) =>
  page
    .getByLabel('Open a saved result')
    .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) });

let saved = '';
let sentences: readonly string[] = [];

it('checks and times backends in workers while the page stays alive, and ends with a verdict and a file', async () => {
  await using seen = await visit(browser(), served.url);
  const { page } = seen;
  await page.evaluate(() => {
    const { tasks } = Object.assign(globalThis, { tasks: [] as number[] });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    });
  });
  await start(seen, ['webgpu', 'onnx-web']);
  const bar = page.getByRole('progressbar', { name: 'Measured' });
  await bar.waitFor();
  const outcomes = page.getByRole('list', { name: 'Backends so far' });
  await outcomes.getByText('WebGPU, kernels of our own webgpu: conforms').waitFor({ timeout: 120_000 });
  const early = Number(await bar.getAttribute('value'));
  expect(early).toBeGreaterThan(0);
  expect(await page.getByRole('status').first().textContent()).not.toBe('');
  await page.getByRole('heading', { name: 'The verdict' }).waitFor({ timeout: 180_000 });

  sentences = await verdictOf(seen);
  expect(sentences).toEqual([expect.stringMatching(/^(Use \S+ here: .* times as fast as|.* no difference shown)/)]);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('The verdict');
  const row = page.getByRole('row', { name: /^onnx-web/ });
  expect(await row.getByRole('cell').allTextContents()).toEqual([
    expect.stringMatching(/^✓ \d+ passed$/),
    expect.stringMatching(/^\S+ ms \(\S+ to \S+\)$/),
    expect.stringMatching(/ m?s$/),
    expect.stringMatching(/^1[45] MB$/), // ONNX Runtime's WebAssembly
    expect.stringMatching(/^\d+ MB$/),
    expect.stringMatching(/^WebAssembly in the browser/),
  ]);
  const figures = await page.getByRole('img', { name: /^(torchvision|bvlc-alexnet): / }).all();
  expect(figures.length).toBeGreaterThanOrEqual(4); // time, where it goes, and the errors of two networks
  expect(await page.evaluate(() => Math.max(0, ...(globalThis as unknown as { tasks: number[] }).tasks))).toBeLessThan(
    1000,
  );
  await expect.poll(() => workersOf(seen).length).toBe(0);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Save this result' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^alexnet-[\d-]+T[\d-]+\.json$/);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  saved = Buffer.concat(chunks).toString();
  const survey = parseSurvey(saved);
  expect(survey.conformance.map(({ backend }) => backend.id)).toEqual(['webgpu', 'onnx-web']);
  expect(survey.shipped?.map(({ candidate }) => candidate)).toEqual(['webgpu', 'onnx-web']);
  expect(seen.complaints).toEqual([]);
}, 240_000);

describe('a saved result', () => {
  beforeEach((context) => context.skip(saved === '', 'there is none: the run above failed'));

  it.each([
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 390 },
  ] as const)(
    'says the same in another window, $colorScheme and $width pixels wide',
    async ({ colorScheme, width }) => {
      await using seen = await visit(browser(), served.url, { colorScheme, viewport: { width, height: 800 } });
      await open(seen, 'mine.json', saved);
      await seen.page.getByRole('heading', { name: 'The verdict of mine.json' }).waitFor();
      expect(await verdictOf(seen)).toEqual(sentences);
      expect(await violations(seen.page)).toEqual([]);
      expect(await scrollsSideways(seen.page)).toBe(false);
      expect(seen.complaints).toEqual([]);
    },
  );

  it('can be dropped', async () => {
    await using seen = await visit(browser(), served.url);
    const transfer = await seen.page.evaluateHandle((content) => {
      const dropped = new DataTransfer();
      dropped.items.add(new File([content], 'dropped.json', { type: 'application/json' }));
      return dropped;
    }, saved);
    await seen.page.getByText('Open a saved result').dispatchEvent('drop', { dataTransfer: transfer });
    await seen.page.getByRole('heading', { name: 'The verdict of dropped.json' }).waitFor();
    expect(await verdictOf(seen)).toEqual(sentences);
  });

  it.each([
    { why: 'is cut off', content: () => saved.slice(0, saved.length / 2), says: /ends in the middle/ },
    { why: 'is something else', content: () => '<!doctype html>', says: /not JSON/ },
    { why: 'is of another version', content: () => saved.replace('survey/1', 'survey/9'), says: /survey\/9/ },
    { why: 'is empty', content: () => '', says: /no text/ },
  ])('that $why is turned down with a reason, and nothing else happens', async ({ content, says }) => {
    await using seen = await visit(browser(), served.url);
    await open(seen, 'odd.json', content());
    expect(await seen.page.getByRole('alert').textContent()).toMatch(says);
    expect(await seen.page.locator('.result').count()).toBe(0);
    expect(seen.complaints).toEqual([]);
  });

  it('that holds markup shows it as text', async () => {
    await using seen = await visit(browser(), served.url);
    await open(seen, 'evil.json', saved.replaceAll('onnx-web', '<img src=x onerror=alert(1)>'));
    await seen.page.getByRole('heading', { name: 'The verdict of evil.json' }).waitFor();
    expect(await seen.page.locator('.result img').count()).toBe(0);
    expect(await seen.page.locator('.result').textContent()).toContain('<img src=x onerror=alert(1)>');
    expect(seen.complaints).toEqual([]);
  });
});

it('stops when it is told to: no worker is left', async () => {
  await using seen = await visit(browser(), served.url);
  const { page } = seen;
  await start(seen, ['tfjs-wasm']);
  await page.getByText(/tfjs-wasm: op\//).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Cancelled. Nothing runs any more.').waitFor({ timeout: 5000 });
  await expect.poll(() => workersOf(seen).length).toBe(0);
  expect(await page.getByRole('button', { name: 'Measure this browser' }).isEnabled()).toBe(true);
  expect(seen.complaints).toEqual([]);
});
