import { AlexNetError } from '@alexnet/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeWorker } from '../testing/fake-worker.ts';
import { linkTo } from './ask.ts';
import { failureOf } from './failure.ts';

interface Numbers extends Record<string, (question: never) => unknown> {
  double(question: number): number;
}

let worker: FakeWorker;
beforeEach(() => {
  worker = new FakeWorker();
});
const link = () => linkTo<Numbers>(worker as unknown as Worker);

describe('a link to a worker', () => {
  it('gives each answer to its question, whichever comes first', async () => {
    const { ask } = link();
    const [first, second] = [ask('double', 2), ask('double', 3)];
    expect(worker.asked).toEqual([
      { id: 0, name: 'double', question: 2 },
      { id: 1, name: 'double', question: 3 },
    ]);
    worker.say({ id: 1, answer: 6 });
    worker.say({ id: 0, answer: 4 });
    expect(await Promise.all([first, second])).toEqual([4, 6]);
  });

  it('passes news on', async () => {
    const onNews = vi.fn<(news: never) => void>();
    const answer = link().ask('double', 2, { onNews });
    worker.say({ id: 0, news: 'half done' });
    worker.say({ id: 0, answer: 4 });
    expect(await answer).toBe(4);
    expect(onNews.mock.calls).toEqual([['half done']]);
  });

  it('throws what the worker could not do', async () => {
    const answer = link().ask('double', 2);
    const failure = { code: 'invalid-input', message: 'Too large.', fix: 'Take less.' };
    worker.say({ id: 0, failure });
    await expect(answer).rejects.toMatchObject({ failure });
  });

  it('says when the worker breaks down, now and later', async () => {
    const opened = link();
    const answer = opened.ask('double', 2);
    const event = Object.assign(new Event('error', { cancelable: true }), { message: 'out of memory' });
    worker.dispatchEvent(event);
    const broken = { failure: { code: 'backend-failure', message: 'The worker broke down: out of memory.' } };
    await expect(answer).rejects.toMatchObject(broken);
    await expect(opened.ask('double', 3)).rejects.toMatchObject(broken);
    expect(opened.ended).toBe(true);
    expect(worker.terminated).toBe(true);
    expect(event.defaultPrevented).toBe(true);
  });

  it('ends the worker when it is disposed of', async () => {
    const opened = link();
    const answer = opened.ask('double', 2);
    opened[Symbol.dispose]();
    await expect(answer).rejects.toMatchObject({ failure: { code: 'aborted' } });
    expect(worker.terminated).toBe(true);
  });
});

describe('a failure', () => {
  it.each([
    {
      why: 'with place and advice',
      details: { where: 'x.npy', fix: 'Get it again.' },
      message: 'It is cut off (x.npy).',
    },
    { why: 'with advice', details: { fix: 'Get it again.' }, message: 'It is cut off.' },
    { why: 'with neither', details: {}, message: 'It is cut off.' },
  ])('has the advice apart: $why', ({ details, message }) => {
    const error = new AlexNetError({ code: 'invalid-file', message: 'It is cut off', ...details });
    const { fix } = { fix: undefined, ...details };
    expect(failureOf(error)).toEqual({ code: 'invalid-file', message, ...(fix === undefined ? {} : { fix }) });
  });

  it('may be anything that is thrown', () => {
    expect(failureOf(new TypeError('x is no function'))).toEqual({ code: 'failure', message: 'x is no function' });
    expect(failureOf('text')).toEqual({ code: 'failure', message: 'text' });
  });
});
