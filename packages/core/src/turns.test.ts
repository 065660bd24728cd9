import { expect, it } from 'vitest';
import { createTurns } from './turns.ts';

const soon = () => new Promise((resolve) => setTimeout(resolve, 2));

it('does one work after the other, in order, also after one that failed', async () => {
  const turns = createTurns();
  const seen: string[] = [];
  const work = (name: string, fails = false) =>
    turns(async () => {
      seen.push(`${name} begins`);
      await soon();
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const all = [work('a'), work('b', true), work('c')];
  expect(await Promise.allSettled(all)).toMatchObject([{ value: 'a' }, { reason: { message: 'b' } }, { value: 'c' }]);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

it('lets who waits leave at once, and never begins its work', async () => {
  const turns = createTurns();
  let finish = () => {};
  const long = turns(() => new Promise<string>((resolve) => (finish = () => resolve('long'))));
  const stop = new AbortController();
  let begun = false;
  const waiting = turns(
    async () => {
      begun = true;
    },
    { signal: stop.signal, what: 'step' },
  );
  await soon();
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toMatchObject({ code: 'aborted', where: 'step', cause: { message: 'enough' } });
  finish();
  expect(await long).toBe('long');
  expect(await turns(async () => 'next')).toBe('next');
  expect(begun).toBe(false);
});

it('does not take a result away from work that has begun', async () => {
  const turns = createTurns();
  const stop = new AbortController();
  const work = async () => {
    stop.abort();
    await soon();
    return 'done';
  };
  expect(await turns(work, { signal: stop.signal })).toBe('done');
});

it('does not wait where the signal has fired already', async () => {
  const turns = createTurns();
  void turns(() => new Promise(() => {}));
  await expect(turns(async () => 1, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
});
