import { launchChromium } from '@alexnet/chromium';
import { throwIfAborted } from '@alexnet/core';
import type { Context } from '../commands/command.ts';
import { createProgress } from '../terminal/progress.ts';
import { followPage } from './follow-page.ts';
import type { Job, Results } from './job.ts';
import { serve } from './serve.ts';
import { siteFor } from './site.ts';

/** A job without what only the started browser can say. */
type Order<J extends Job = Job> = J extends Job ? Omit<J, 'browser'> : never;

/**
 * Runs a job in a page of a headless Chromium, and hands on its progress and its JSON records.
 * Errors: those of the job; `missing-dependency` without a browser; `aborted`, after the browser was closed;
 * `backend-failure` when the page or the browser goes away.
 */
export async function runInChromium<K extends Job['kind']>(
  order: Order & { readonly kind: K },
  context: Context,
): Promise<Results[K]> {
  const { output, signal } = context;
  throwIfAborted(signal, order.kind);
  const progress = createProgress(output.progressStream);
  progress.update('starts Chromium');
  const browser = await launchChromium();
  try {
    await using served = await serve(siteFor('dimensions' in order ? order : {}, signal));
    const job = { ...order, browser: `Chromium ${browser.version()}` } as Job;
    const result = await followPage(browser, served.origin, job, signal, (news) => {
      if (news.kind === 'progress') progress.update(news.label, news.done, news.total, news.secondsLeft);
      if (news.kind === 'record') output.json(news.record);
      if (news.kind === 'note') {
        progress.clear(); // a note gets a line of its own
        output.note(news.text);
      }
    });
    return result as Results[K];
  } finally {
    await browser.close();
    progress.clear();
  }
}
