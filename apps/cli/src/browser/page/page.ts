import type { Job, News } from '../job.ts';

/*
 * The page: hands the job to a worker, so that the page stays able to answer while kernels run, and the news to Node.
 */

declare const alexnetNews: (news: string) => Promise<void>;

const tell = (news: string) => void alexnetNews(news);
const fail = (text: string) => tell(JSON.stringify({ kind: 'failed', error: { text } } satisfies News));

Object.assign(globalThis, {
  /** Called by Node once the page is there. */
  alexnetStart(job: Job) {
    const worker = new Worker('/page/worker.js', { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<string>) => tell(data));
    worker.addEventListener('messageerror', () => fail('The worker sent a message that cannot be read'));
    worker.addEventListener('error', ({ message }) =>
      fail(`The worker broke down: ${message || 'its script did not load'}`),
    );
    worker.postMessage(job, []); // nothing to transfer
  },
});
