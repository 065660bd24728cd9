import { type LaunchOptions, launchChromium } from '@alexnet/chromium';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';

/** A browser for the tests of a file; they are skipped, with the reason, where there is none. */
export function withChromium(options: LaunchOptions = {}): () => Browser {
  let browser: Browser | undefined;
  let absent = '';
  beforeAll(async () => {
    browser = await launchChromium(options).catch((error: Error) => {
      absent = error.message;
      return undefined;
    });
  });
  beforeEach((context) => {
    if (browser === undefined) context.skip(absent);
  });
  afterAll(() => browser?.close());
  return () => browser!;
}
