import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withChromium } from '../testing/chromium.ts';
import { type Served, serveSite } from '../testing/site.ts';
import { scrollsSideways, violations, visit } from '../testing/visit.ts';

/*
 * The page before anything is measured.
 */

let served: Served;
beforeAll(async () => {
  served = await serveSite();
});
afterAll(() => served[Symbol.asyncDispose]());

describe('the page, opened', () => {
  const browser = withChromium();

  it('is there under 200 KB uncompressed, all that it keeps for later included, and loads no engine and no worker', async () => {
    await using seen = await visit(browser(), served.url);
    await seen.page.getByText('Kept for use without a network').waitFor();
    const bytes = await seen.page.evaluate(async () => {
      const sizes = new Map<string, number>();
      for (const entry of performance.getEntriesByType('resource') as PerformanceResourceTiming[]) {
        sizes.set(entry.name, entry.decodedBodySize);
      }
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          const kept = await cache.match(request);
          sizes.set(request.url, (await kept!.arrayBuffer()).byteLength);
        }
      }
      return [...sizes.values()].reduce((sum, size) => sum + size, 0);
    });
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThan(200_000);
    expect(seen.requests.filter((url) => /\.wasm|worker|ort|tfjs/.test(url))).toEqual([]);
    expect(seen.complaints).toEqual([]);
  });

  it('says what it is in a sentence, and what each backend runs on or why it is off', async () => {
    await using seen = await visit(browser(), served.url);
    const { page } = seen;
    expect(await page.locator('.lead').first().textContent()).toMatch(/right here, and which is fastest\?/);
    const off = page.getByRole('checkbox', { name: 'webgpu', description: /there is no GPU, and in software/ });
    expect(await off.first().isChecked()).toBe(false);
    const on = page.getByRole('checkbox', { name: 'onnx-web', description: /On up to \d+ threads|On one thread/ });
    expect(await on.first().isChecked()).toBe(true);
  });

  it.each(['light', 'dark'] as const)('has nothing that axe would change: %s', async (colorScheme) => {
    await using seen = await visit(browser(), served.url, { colorScheme });
    expect(await violations(seen.page)).toEqual([]);
  });

  it('fits a small screen', async () => {
    await using seen = await visit(browser(), served.url, { viewport: { width: 320, height: 640 } });
    expect(await scrollsSideways(seen.page)).toBe(false);
    expect(await violations(seen.page)).toEqual([]);
  });

  it('is used with the keyboard alone', async () => {
    await using seen = await visit(browser(), served.url);
    const { page } = seen;
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Measure this browser');
    await page.keyboard.press('Enter');
    await page.getByRole('progressbar', { name: 'Measured' }).waitFor();
    await page.keyboard.press('Tab'); // from the progress, which got the focus, to the button in it
    await page.keyboard.press('Enter');
    await page.getByText('Cancelled.').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Measure this browser');
  });

  it('says that threads are off where it is not cross-origin isolated, which headers would switch them on, and measures', async () => {
    await using plain = await serveSite({ isolated: false });
    await using seen = await visit(browser(), plain.url);
    const notice = seen.page.getByRole('complementary', { name: 'Threads are off' });
    expect(await notice.textContent()).toContain('Cross-Origin-Embedder-Policy: require-corp');
    const about = seen.page.getByRole('checkbox', { name: 'onnx-web', description: /On one thread/ });
    expect(await about.count()).toBeGreaterThan(0);
    expect(await violations(seen.page)).toEqual([]);
    await seen.page.getByRole('button', { name: 'Measure this browser' }).click();
    await seen.page.getByText(/onnx-web: op\//).waitFor();
    expect(seen.complaints).toEqual([]);
  });
});

describe('the page, where there is no GPU', () => {
  const browser = withChromium({ webgpu: false });

  it('says that WebGPU has no adapter, and offers the others', async () => {
    await using seen = await visit(browser(), served.url);
    const { page } = seen;
    const missing = page.getByRole('checkbox', { description: /no adapter for it\. Use a machine with a GPU/ });
    expect(await missing.first().isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Measure this browser' }).isEnabled()).toBe(true);
    expect(seen.complaints.filter((text) => text !== 'No available adapters.')).toEqual([]); // the browser's own
  });
});

describe('the page, where browsers keep back what is powerful', () => {
  const browser = withChromium({ flags: ['--host-resolver-rules=MAP page.test 127.0.0.1'] });

  it('says that there is no WebGPU without https, and does without threads and without being kept', async () => {
    await using seen = await visit(browser(), served.url.replace('localhost', 'page.test'));
    const { page } = seen;
    const missing = page.getByRole('checkbox', {
      description: /This browser has no WebGPU\. Open the page over https/,
    });
    expect(await missing.first().isDisabled()).toBe(true);
    expect(await page.getByRole('complementary', { name: 'Threads are off' }).count()).toBe(1);
    expect(await page.getByText('Kept for use without a network').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Measure this browser' }).isEnabled()).toBe(true);
  });
});
