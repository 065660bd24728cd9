import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { News, Order } from '../worker/messages.ts';
import { inWorker } from './in-worker.ts';

/** A worker that does nothing by itself. */
class FakeWorker extends EventTarget {
  static latest: FakeWorker;
  readonly orders: Order[] = [];
  ended = false;
  constructor() {
    super();
    FakeWorker.latest = this;
  }
  postMessage(order: Order) {
    this.orders.push(order);
  }
  terminate() {
    this.ended = true;
  }
  says(data: News) {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('Worker', FakeWorker);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const job = { kind: 'bench', backends: ['onnx-web'], network: 'quick' } as const;
const start = (signal = new AbortController().signal) => {
  const heard: string[] = [];
  const work = inWorker(job, { signal, onProgress: ({ label }) => heard.push(label) });
  const outcome = work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return { outcome, heard, worker: FakeWorker.latest };
};

it('a job is done in a worker of its own, which is ended then', async () => {
  const { outcome, heard, worker } = start();
  worker.says({ kind: 'progress', label: 'half' });
  expect(worker.ended).toBe(false);
  worker.says({ kind: 'done', result: {} as never });
  expect(await outcome).toBe('done');
  expect({ heard, orders: worker.orders, ended: worker.ended }).toEqual({
    heard: ['half'],
    orders: [job],
    ended: true,
  });
  expect(vi.getTimerCount()).toBe(0);
});

it('what a job says went wrong is its error', async () => {
  const { outcome, worker } = start();
  worker.says({ kind: 'failed', text: 'There is no adapter.' });
  expect(await outcome).toBe('There is no adapter.');
  expect(worker.ended).toBe(true);
});

it('a worker that breaks down is ended, and says so', async () => {
  const { outcome, worker } = start();
  worker.dispatchEvent(new Event('error'));
  expect(await outcome).toBe('The worker broke down: its script did not load');
  expect(worker.ended).toBe(true);
});

it('a worker that hangs is ended; one that says something has more time', async () => {
  const { outcome, worker } = start();
  vi.advanceTimersByTime(170_000);
  worker.says({ kind: 'progress', label: 'slow' });
  vi.advanceTimersByTime(170_000);
  expect(worker.ended).toBe(false);
  vi.advanceTimersByTime(10_000);
  expect(await outcome).toMatch(/^Nothing was heard for 180 s/);
  expect(worker.ended).toBe(true);
});

it('a worker that is told to stop may say so itself', async () => {
  const controller = new AbortController();
  const { outcome, worker } = start(controller.signal);
  controller.abort(new Error('enough'));
  expect(worker.orders.at(-1)).toEqual({ kind: 'cancel' });
  worker.says({ kind: 'failed', text: 'aborted' });
  expect(await outcome).toBe('enough');
});

it('a worker that does not stop is ended after 2 seconds', async () => {
  const controller = new AbortController();
  const { outcome, worker } = start(controller.signal);
  controller.abort(new Error('enough'));
  vi.advanceTimersByTime(1900);
  expect(worker.ended).toBe(false);
  vi.advanceTimersByTime(100);
  expect(await outcome).toBe('enough');
  expect(worker.ended).toBe(true);
});
