import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Workspace, workspace } from '../testing/pictures.ts';
import { inWorkers } from './in-workers.ts';

/** Workers of tests: what they do follows from the job. */
const script = `
  import { parentPort, threadId } from 'node:worker_threads';
  parentPort.on('message', async (order) => {
    if (order === 'stop') return parentPort.close();
    const { wait = 0, dies, throws, value } = order.job;
    if (dies === 'exit') process.exit(3);
    if (dies === 'error') setImmediate(() => { throw new Error('out of luck'); });
    else if (throws) parentPort.postMessage({ error: { code: 'invalid-file', message: 'It is bad.' } });
    else setTimeout(() => parentPort.postMessage({ done: { value, threadId } }), wait);
  });`;

const setup = { kind: 'pixels', resize: undefined } as const;
interface Job {
  readonly value: number;
  readonly wait?: number;
  readonly dies?: 'exit' | 'error';
  readonly throws?: boolean;
}

let files: Workspace;
let entry: URL;
beforeAll(async () => {
  files = await workspace();
  entry = pathToFileURL(await files.write('worker.mjs', script));
});
afterAll(async () => files?.[Symbol.asyncDispose]());

async function results(jobs: Iterable<Job>, options: { workers: number; prefetch?: number; signal?: AbortSignal }) {
  const out: { value: number; threadId: number }[] = [];
  for await (const result of inWorkers<Job, (typeof out)[number]>(jobs, { setup, entry, ...options })) out.push(result);
  return out;
}

describe('jobs in workers', () => {
  it('are done by several at once, and come back in their order', async () => {
    const jobs = Array.from({ length: 12 }, (_, value) => ({ value, wait: value % 3 === 0 ? 60 : 1 }));
    const done = await results(jobs, { workers: 3 });
    expect(done.map(({ value }) => value)).toEqual(jobs.map(({ value }) => value));
    expect(new Set(done.map(({ threadId }) => threadId)).size).toBe(3);
  });

  it('start no more than may wait', async () => {
    let started = 0;
    function* jobs() {
      for (let value = 0; value < 9; value++) {
        started++;
        yield { value };
      }
    }
    const given = inWorkers(jobs(), { setup, entry, workers: 2, prefetch: 3 });
    await given.next();
    expect(started).toBe(4); // the one that was given, and three
    await given.return();
    expect(started).toBe(4);
  });

  it.each([
    { why: 'exits', job: { value: 1, dies: 'exit' }, says: 'ended with code 3' },
    { why: 'throws', job: { value: 1, dies: 'error' }, says: 'died: out of luck' },
  ] as const)('fail when a worker $why, and say so', async ({ job, says }) => {
    const error = { code: 'backend-failure', message: expect.stringContaining(says) };
    await expect(results([{ value: 0 }, job, { value: 2 }], { workers: 2 })).rejects.toMatchObject(error);
  });

  it('fail when the worker is not there', async () => {
    const missing = inWorkers([1], { setup, entry: new URL('missing.mjs', entry), workers: 1 });
    const error = { code: 'backend-failure', message: expect.stringContaining('missing.mjs') };
    await expect(missing.next()).rejects.toMatchObject(error);
  });

  it('fail with the code of what a job threw', async () => {
    const error = { code: 'invalid-file', message: 'It is bad.' };
    await expect(results([{ value: 0, throws: true }], { workers: 1 })).rejects.toMatchObject(error);
  });

  it('are not kept once they were given', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const jobs = Array.from({ length: 9 }, (_, value) => ({ value }));
    const { signal } = new AbortController();
    const given = inWorkers<Job, object>(jobs, { setup, entry, workers: 1, prefetch: 1, signal });
    const first = new WeakRef((await given.next()).value!);
    for (let i = 0; i < 4; i++) await given.next();
    await new Promise((resolve) => setTimeout(resolve, 1)); // a weak reference holds until the end of its turn
    collect();
    expect(first.deref()).toBe(undefined);
    await given.return();
  });

  it('end while one is waited for, when they are aborted', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    const work = results([{ value: 0, wait: 400 }], { workers: 1, signal: controller.signal });
    await expect(work).rejects.toMatchObject({ code: 'aborted' });
  });
});
