import type { Host } from '@alexnet/benchmark';
import { cacheApiCache } from '@alexnet/core/files';
import { createInputs } from '../../engines/photographs.ts';
import { bench, conform } from './jobs.ts';
import type { Job, News, Order } from './messages.ts';

/*
 * Carries one job out, and stops when it is told to.
 */

const tell = (news: News) => postMessage(news);
const controller = new AbortController();
const inputs = createInputs();

const host: Host = {
  signal: controller.signal,
  progress: {
    update: (label, _done, _total, secondsLeft) =>
      tell({ kind: 'progress', label, ...(secondsLeft === undefined ? {} : { secondsLeft }) }),
  },
  json() {}, // the page shows whole reports
  // each backend has a worker of its own, and all ask the oracle the same
  oracleStore: cacheApiCache('alexnet-oracle'),
  inputsOf: ({ preprocessing }) => inputs(preprocessing),
};

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  if (data.kind === 'cancel') return controller.abort();
  void carryOut(data)
    .then(
      (result) => tell({ kind: 'done', result }),
      (error: unknown) => tell({ kind: 'failed', text: error instanceof Error ? error.message : String(error) }),
    )
    // a worker that is ended from outside while tfjs's threads start can stay behind in Chromium; one that ends itself does not
    .then(() => close());
});

function carryOut(job: Job) {
  return job.kind === 'conform' ? conform(job, host) : bench(job, host);
}
