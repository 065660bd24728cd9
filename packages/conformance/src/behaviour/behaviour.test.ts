import { AlexNetError, type Backend, type Program, referenceProvider } from '@alexnet/core';
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

describe('a backend does not fail that', () => {
  it('lacks an op of the small network, and says so: only whether it does say so is checked', async () => {
    const { lrn: _lrn, ...others } = Object.fromEntries(alteredBackend().capabilities.ops.map((op) => [op, op]));
    const right = alteredBackend();
    const backend: Backend = {
      ...right,
      capabilities: { ...right.capabilities, ops: Object.values(others) },
      compile: async (graph, weights, how) => {
        if (graph.nodes.some(({ op }) => op === 'lrn'))
          throw new AlexNetError({ code: 'unsupported', message: 'No lrn' });
        return right.compile(graph, weights, how);
      },
    };
    for (const { id } of behaviourChecks) {
      const { status, reason } = await of(id.slice('behaviour/'.length), backend);
      if (id === 'behaviour/errors/undeclared-op') expect(status).toBe('passed');
      else expect([status, reason]).toEqual(['skipped', expect.stringMatching(/does not declare the op lrn/)]);
    }
  });

  it('refuses to tell the memory of a program that is gone', async () => {
    const backend = compiling(async (right, graph, weights, how) => {
      const program = await right.compile(graph, weights, how);
      let gone = false;
      return {
        ...program,
        memory() {
          if (gone) throw new AlexNetError({ code: 'disposed', message: 'The program was disposed' });
          return program.memory();
        },
        async [Symbol.asyncDispose]() {
          gone = true;
          await program[Symbol.asyncDispose]();
        },
      };
    });
    expect((await of('leaks/programs', backend)).status).toBe('passed');
  });
});

describe('the cause of a failure is', () => {
  it.each(['repeatable', 'overlapping-runs', 'errors/missing-input'])(
    'that nothing comes out at all, where nothing does: %s',
    async (slug) => {
      const backend = compiling(async (right, graph, weights, how) => {
        const program = await right.compile(graph, weights, how);
        return { ...program, run: async (...args) => ({ ...(await program.run(...args)), prob: null as never }) };
      });
      const { status, reason, diagnosis } = await of(slug, backend);
      expect(status).toBe('failed');
      expect(reason).not.toMatch(/Cannot read properties/);
      expect(diagnosis?.cause?.id).toBe('behaviour/no-plain-run');
    },
  );

  it('not what its runs happen to show of something else', async () => {
    let held = 0;
    const right = alteredBackend({ capabilities: { deterministic: false } });
    const backend: Backend = {
      ...right,
      async compile(graph, weights, how) {
        const program = await right.compile(graph, weights, how);
        held++;
        return {
          ...program,
          async run(...args) {
            const { prob, ...others } = await program.run(...args);
            return { ...others, prob: { shape: prob!.shape, data: prob!.data.map((p) => p * (1 + held * 1e-7)) } };
          },
          memory: () => ({ hostBytes: 4 * held, deviceBytes: 0 }),
        };
      },
    };
    expect((await of('leaks/programs', backend)).diagnosis?.cause?.id).toBe('behaviour/leaks/programs');
  });
});
