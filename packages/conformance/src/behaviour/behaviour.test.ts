import { type Backend, type Program, referenceProvider } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { runCheck } from '../run/run-check.ts';
import { alteredBackend } from '../self-test/altered-backend.ts';
import { behaviourChecks } from './index.ts';

const options = { skips: () => undefined, timeLimitMs: 10_000, signal: undefined, giveUp: false };
const checkOf = (slug: string) => behaviourChecks.find(({ id }) => id === `behaviour/${slug}`)!;
const of = async (slug: string, backend: Backend) => (await runCheck(checkOf(slug), { ...options, backend })).check;

/* Faults of `compile`, which no alteration of a program can make; the others are in the catalogue of the self-test. */
const compiling = (
  compile: (backend: Backend, ...args: Parameters<Backend['compile']>) => Promise<Program>,
): Backend => {
  const backend = alteredBackend();
  return { ...backend, compile: (...args) => compile(backend, ...args) };
};

describe('a backend fails that', () => {
  it('rounds the weights of the caller in place', async () => {
    const backend = compiling(async (right, graph, weights, how) => {
      if (weights instanceof Map) weights.get('fc3.weight').data[5] = 0;
      return right.compile(graph, weights, how);
    });
    const { status, reason } = await of('weights-stay', backend);
    expect(status).toBe('failed');
    expect(reason).toMatch(/^The weight fc3.weight differs: element 5 is 0/);
  });

  it('cannot compile again after a compilation was cancelled', async () => {
    let cancelled = false;
    const backend = compiling(async (right, graph, weights, how) => {
      if (cancelled) throw new Error('The queue is full');
      return right.compile(graph, weights, how).catch((error: unknown) => {
        cancelled = true;
        throw error;
      });
    });
    const { status, reason } = await of('abort-while-compiling', backend);
    expect(status).toBe('failed');
    expect(reason).toMatch(/The queue is full/);
  });

  it('computes int8 without declaring it', async () => {
    const backend = compiling((right, graph, weights, { precision, ...how } = {}) =>
      right.compile(graph, weights, precision === 'int8' ? how : { ...how, ...(precision && { precision }) }),
    );
    const { status, reason } = await of('errors/undeclared-precision', backend);
    expect(status).toBe('failed');
    expect(reason).toMatch(/^Compiling for int8 did not throw/);
  });

  it('never ends a run once its program is disposed: the check ends for it', async () => {
    const backend = compiling(async (right, graph, weights, how) => {
      const program = await right.compile(graph, weights, how);
      return { ...program, run: () => new Promise(() => {}) };
    });
    const { check, hung } = await runCheck(checkOf('dispose-while-running'), { ...options, timeLimitMs: 50, backend });
    expect(check).toMatchObject({ status: 'failed', reason: 'No answer within 0.05 s' });
    expect(hung).toBe(true);
  });
});

it('a backend that has no device to lose is skipped, with the reason', async () => {
  await using backend = await referenceProvider().create();
  expect(await of('lost-device', backend)).toMatchObject({
    status: 'skipped',
    reason: 'The backend does not declare loseDevice: it cannot be lost on purpose',
  });
});
