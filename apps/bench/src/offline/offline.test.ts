import { expect, it } from 'vitest';
import { withChromium } from '../testing/chromium.ts';
import { serveSite } from '../testing/site.ts';
import { visit } from '../testing/visit.ts';

const browser = withChromium();

it('opens without a network, still isolated, and runs the engines that were used before', async () => {
  const served = await serveSite();
  await using seen = await visit(browser(), served.url);
  const { page } = seen;
  await page.getByText('Kept for use without a network').waitFor();
  const measure = async () => {
    await page.locator('input[name=backend][value=onnx-web]').uncheck();
    await page.getByRole('button', { name: 'Measure this browser' }).click();
    await page.getByText(/tfjs-wasm: op\//).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled.').waitFor();
  };
  await measure();

  await served[Symbol.asyncDispose](); // nobody answers any more
  await page.reload();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await measure();

  await page.locator('input[name=backend][value=tfjs-wasm]').uncheck();
  await page.locator('input[name=backend][value=onnx-web]').check();
  await page.getByRole('button', { name: 'Measure this browser' }).click();
  await page.getByText(/onnx-web does not conform|onnx-web could not be checked/).waitFor();
});
