import { AlexNetError } from '@alexnet/core';
import type { Browser, Page } from 'playwright-core';
import type { Job, News, Results } from './job.ts';
import { fromWire } from './wire-error.ts';

/** Opens the page and waits for the end of the job, whatever that is: a result, an error, a crash, Ctrl-C. */
export async function followPage(
  browser: Browser,
  origin: string,
  job: Job,
  signal: AbortSignal,
  onNews: (news: News) => void,
): Promise<Results[Job['kind']]> {
  const page = await browser.newPage();
  return new Promise((resolve, reject) => {
    const lost = (what: string) => () => {
      reject(signal.aborted ? cancelled(job, signal) : gone(what));
    };
    signal.addEventListener('abort', lost('was cancelled'), { once: true });
    browser.on('disconnected', lost('Chromium ended'));
    page.on('crash', lost('The page crashed'));
    page.on('close', lost('The page was closed'));
    page.on('pageerror', (error) => reject(fromWire({ text: `The page broke down: ${error.message}` })));
    const hear = (text: string) => {
      const news = JSON.parse(text) as News;
      if (news.kind === 'done') resolve(news.result);
      else if (news.kind === 'failed') reject(fromWire(news.error));
      else onNews(news);
    };
    startPage(page, origin, job, hear).catch(reject);
  });
}

async function startPage(page: Page, origin: string, job: Job, hear: (text: string) => void): Promise<void> {
  await page.exposeFunction('alexnetNews', hear);
  await page.goto(origin);
  await page.evaluate((given) => (globalThis as unknown as { alexnetStart(job: Job): void }).alexnetStart(given), job);
}

function cancelled({ kind }: Job, { reason }: AbortSignal): AlexNetError {
  return new AlexNetError({ code: 'aborted', message: 'The work was cancelled', where: kind, cause: reason });
}

function gone(what: string): AlexNetError {
  return new AlexNetError({
    code: 'backend-failure',
    message: `${what} before the work was done`,
    fix: 'The usual cause is memory: run fewer backends or smaller batches at a time.',
  });
}
