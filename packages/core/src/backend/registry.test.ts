import { expect, it } from 'vitest';
import { referenceProvider } from '../oracle/reference-backend.ts';
import type { BackendProvider } from './backend.ts';
import { createRegistry } from './registry.ts';

const broken: BackendProvider = {
  id: 'broken',
  probe: () => Promise.reject(new Error('no such device')),
  create: () => Promise.reject(new Error('no such device')),
};

it('finds a provider by its id', () => {
  expect(createRegistry([broken, referenceProvider()]).get('reference').id).toBe('reference');
});

it('names the backends that exist when asked for one that does not', () => {
  expect(() => createRegistry([broken, referenceProvider()]).get('cuda')).toThrow(
    expect.objectContaining({ code: 'unknown-name', message: expect.stringMatching(/"cuda".*broken, reference/) }),
  );
});

it('rejects two providers with one id', () => {
  expect(() => createRegistry([broken, broken])).toThrow(expect.objectContaining({ code: 'invalid-input' }));
});

it('reports a probe that throws as unavailable, with its reason', async () => {
  const [first, second] = await createRegistry([broken, referenceProvider()]).probe();
  expect(first?.availability).toEqual({ available: false, detail: expect.stringContaining('no such device') });
  expect(second?.availability.available).toBe(true);
});
