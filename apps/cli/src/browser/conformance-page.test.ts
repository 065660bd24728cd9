import { fileURLToPath } from 'node:url';
import { launchChromium } from '@alexnet/chromium';
import type { BackendReport } from '@alexnet/conformance';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Scenarios } from './conformance-page/page.browser.ts';
import { type Served, serve } from './serve.ts';

/*
 * `@alexnet/conformance/page` in a page of a headless Chromium.
 */

let served: Served;
let browser: Browser | undefined;
let script: string;
let absent = '';
beforeAll(async () => {
  browser = await launchChromium().catch((error: Error) => {
    absent = error.message;
    return undefined;
  });
  if (browser === undefined) return;
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./conformance-page/page.browser.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@alexnet/source'],
  });
  script = outputFiles[0]!.text;
  served = await serve({
    html: '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>mine</title><main>Wait.</main>',
    folders: {},
    made: {},
  });
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

let page: Page;
beforeEach(async (context) => {
  if (browser === undefined) return context.skip(absent);
  page = await browser.newPage();
  await page.goto(served.origin);
  await page.addScriptTag({ content: script, type: 'module' });
  await page.waitForFunction('globalThis.scenarios !== undefined');
});

function play<K extends keyof Scenarios>(name: K): ReturnType<Scenarios[K]> {
  const played = page.evaluate(
    (scenario) => (globalThis as unknown as { scenarios: Record<string, () => unknown> }).scenarios[scenario]!(),
    name,
  );
  return played as ReturnType<Scenarios[K]>;
}

const rows = () =>
  page.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));

describe('a page of a backend author', () => {
  it('shows how far the run is, and at the end a table, a verdict and the report to download', async () => {
    const { summary, heard } = await play('right');
    expect(new Set(heard).size).toBeGreaterThan(5); // the bar moved
    expect(summary.failed).toBe(0);
    expect(await page.getByRole('status').textContent()).toBe(
      `The backend conforms: ${summary.passed} checks passed, 0 failed, 0 skipped.`,
    );
    expect(await page.getByRole('region', { name: 'Conformance of reference' }).count()).toBe(1);
    const table = page.getByRole('table', { name: 'Checks of reference' });
    expect(await table.getByRole('columnheader').allTextContents()).toEqual([
      'suite',
      'checks',
      'passed',
      'failed',
      'skipped',
      'most of a budget used',
    ]);
    expect(await table.getByRole('rowheader').allTextContents()).toEqual(['op', 'behaviour']);
    const count = String(summary.passed - 1);
    expect((await rows())[0]).toEqual(['op', count, count, '0', '0', expect.stringMatching(/^\d+ %$/)]);

    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link').click()]);
    expect(download.suggestedFilename()).toBe('conformance-reference.json');
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    const report = JSON.parse(Buffer.concat(chunks).toString()) as BackendReport;
    expect(report).toMatchObject({ backend: { id: 'reference' }, summary });
  });

  it('says what failed and what was skipped, as text, and its JUnit is XML', async () => {
    const { summary, ...xml } = await play('wrong');
    expect(xml).toEqual({
      parserErrors: 0,
      cases: summary.passed + summary.failed + 1,
      failures: summary.failed,
      skipped: 'control \\u{0} & <characters> "\n',
    });
    expect(summary.failed).toBeGreaterThan(5);
    expect(await page.getByRole('status').textContent()).toContain('The backend does not conform');
    expect(await page.locator('details[open] summary').textContent()).toBe(`${summary.failed} checks failed`);
    expect(await page.locator('details[open] li').first().textContent()).toMatch(/^op\/lrn\/.* elements are wrong/);
    expect(await page.locator('caption').textContent()).toBe('Checks of mine <b>');
    expect(await page.locator('main b').count()).toBe(0);
  });

  it('says why a run ended early', async () => {
    expect(await play('absent')).toBe('There is no <GPU>');
    expect(await page.getByRole('status').textContent()).toBe('The run ended early: There is no <GPU>');
    expect(await page.getByRole('progressbar').count()).toBe(0);
  });
});
