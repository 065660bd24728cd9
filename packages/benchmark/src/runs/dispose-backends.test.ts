import { type Backend, referenceProvider } from '@alexnet/core';
import { expect, it } from 'vitest';
import { disposeBackends } from './dispose-backends.ts';

it('disposes of every backend, also after one that throws, and says which did', async () => {
  const right = await referenceProvider().create();
  const gone: string[] = [];
  const named = (id: string, end: () => Promise<void>): Backend => ({ ...right, id, [Symbol.asyncDispose]: end });
  const notes: string[] = [];
  await disposeBackends(
    [
      named('bad', () => Promise.reject(new Error('double free'))),
      named('worse', () => {
        throw new Error('no such device');
      }),
      named('good', async () => void gone.push('good')),
    ],
    (text) => notes.push(text),
  );
  expect(gone).toEqual(['good']);
  expect(notes).toEqual([
    'bad: disposing of the backend failed: Error: double free',
    'worse: disposing of the backend failed: Error: no such device',
  ]);
});
