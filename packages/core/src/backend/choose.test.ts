import { describe, expect, it } from 'vitest';
import type { Availability, BackendProvider } from './backend.ts';
import { chooseFrom } from './choose.ts';
import { createRegistry } from './registry.ts';

const provider = (id: string, availability: Availability): BackendProvider => ({
  id,
  probe: async () => availability,
  create: () => Promise.reject(new Error('nothing is created to choose')),
});
const registry = createRegistry([
  provider('gpu', { available: true, detail: 'WebGPU on a GPU' }),
  provider('software', { available: true, fallback: true, detail: 'WebGPU on software' }),
  provider('missing', { available: false, detail: 'The package x is not installed', fix: 'Run: npm install x' }),
]);

const ids = async (...args: Parameters<typeof chooseFrom>) =>
  (await chooseFrom(...args)).map(({ provider: { id } }) => id);

describe('choosing backends', () => {
  it('takes what is here, without slow substitutes, and says what it left out', async () => {
    const notes: string[] = [];
    expect(await ids(registry, undefined, (text) => notes.push(text))).toEqual(['gpu']);
    expect(notes).toEqual(['software is left out: WebGPU on software. --backend software runs it.']);
  });

  it('takes a substitute that was asked for', async () => {
    expect(await ids(registry, ['software'])).toEqual(['software']);
  });

  it('fails for what was asked for and is not here, with what to do', async () => {
    await expect(chooseFrom(registry, ['gpu', 'missing'])).rejects.toMatchObject({
      code: 'missing-dependency',
      message: expect.stringContaining('npm install x'),
    });
  });
});
