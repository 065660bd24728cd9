import { opNames } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { storedPrecisions } from '../numerics/precision.ts';
import { judgeCase } from '../ops/check.ts';
import { runCheck } from '../run/run-check.ts';
import { type Alteration, alteredBackend } from '../self-test/altered-backend.ts';
import { dots, kernel } from '../self-test/kernels/float32-kernels.ts';
import { layerKernels } from '../self-test/kernels/float32-layers.ts';
import { storedKernel } from '../self-test/kernels/stored-kernels.ts';
import { fuzzChecks } from './fuzz.ts';
import { opCaseOf, type RandomCase, replay } from './random-case.ts';

const options = { skips: () => undefined, timeLimitMs: 10_000, signal: undefined, giveUp: false };
const never = new AbortController().signal;

/** Windows two columns wide are wrong. */
const narrow: Alteration = {
  node: ({ node, evaluate }) => {
    if (node.op !== 'maxPool2d' || node.kernel[1] !== 2) return undefined;
    const { shape, data } = evaluate();
    return { shape, data: data.map((value) => value + 1) };
  },
};
const pooling = (how?: Parameters<typeof fuzzChecks>[0]) =>
  fuzzChecks(how).find(({ id }) => id === 'property/fuzz/maxPool2d')!;

const sums = [...storedPrecisions.map((precision) => `linear/${precision}`), 'conv2d', 'linear'];
const kernels: readonly (readonly [string, Alteration, readonly string[]])[] = [
  ['the oracle', {}, opNames],
  ...['one accumulator, bias first', '256 lanes'].map(
    (name) => [name, { ...kernel(dots[name]!), ...storedKernel(dots[name]!) }, sums] as const,
  ),
  ...Object.entries(layerKernels).map(([name, { op, alteration }]) => [name, alteration, [op]] as const),
];

it.each(kernels)('a correct backend passes random cases: %s', async (_name, alteration, tried) => {
  for (const definition of fuzzChecks().filter(({ id }) => tried.includes(id.slice('property/fuzz/'.length)))) {
    const { check } = await runCheck(definition, { ...options, backend: alteredBackend(alteration) });
    expect(check.status, `${check.reason}`).toBe('passed');
    expect(check.elements).toBeGreaterThan(0);
  }
});

describe('a random case that fails', () => {
  const backend = alteredBackend(narrow);

  it('is told with its seed and as JSON, shrunk, and can be replayed', async () => {
    const { check } = await runCheck(pooling({ seed: 7, runs: 200 }), { ...options, backend });
    expect(check.status).toBe('failed');
    const [, seed, json] = /^Seed (\d+), shrunk to (\{.*\}): \d+ of/.exec(check.reason!)!;
    expect(seed).toBe('7');
    const random = JSON.parse(json!) as RandomCase;
    expect(random).toMatchObject({ input: [1, 1, 1, 2], attributes: { kernel: [1, 2] } });
    expect(await judgeCase(replay(json!), backend, never)).toMatchObject({ passed: false });
    expect(await judgeCase(replay(json!), alteredBackend(), never)).toMatchObject({ passed: true });
  });

  it('is the same from the same seed, and is not drawn from too few', async () => {
    const once = await pooling({ seed: 7, runs: 200 }).run(backend, never);
    expect(await pooling({ seed: 7, runs: 200 }).run(backend, never)).toEqual(once);
    expect(await pooling({ seed: 7, runs: 1 }).run(backend, never)).toMatchObject({ passed: true });
  });

  it('may also be an error of the backend', async () => {
    const throwing: Alteration = {
      node: () => {
        throw new Error('no such shader');
      },
    };
    const { reason } = await pooling().run(alteredBackend(throwing), never);
    expect(reason).toMatch(/^Seed 2012, shrunk to \{.*"input":\[1,1,1,1\].*\}: Threw no such shader$/);
  });
});

it('a signal ends the search, and no failure is made of it', async () => {
  const stop = new AbortController();
  let cases = 0;
  const node = () => {
    if (++cases === 3) stop.abort();
    return undefined;
  };
  await expect(pooling({ runs: 1e4 }).run(alteredBackend({ node }), stop.signal)).rejects.toMatchObject({
    code: 'aborted',
  });
  expect(cases).toBe(3);
});

it('a backend without ReLU is not asked for it', async () => {
  const backend = alteredBackend({ capabilities: { ops: opNames.filter((op) => op !== 'relu') } });
  for (const definition of fuzzChecks()) {
    const { check } = await runCheck(definition, { ...options, backend });
    expect(check.status).toBe(definition.op === 'relu' ? 'skipped' : 'passed');
  }
});

it.each(['', '{}', 'null', '{"op":"conv2d"}', '{"op":"nothing","input":[1,2],"attributes":{},"data":"random"}'])(
  'what is no random case is an error: %s',
  (json) => expect(() => replay(json)).toThrow(expect.objectContaining({ code: 'invalid-input' })),
);

it('a random case says all about its tensors', () => {
  const random: RandomCase = {
    op: 'linear',
    input: [2, 3],
    weight: [4, 3],
    bias: true,
    attributes: {},
    data: 'random',
  };
  expect(opCaseOf(random).tensors()).toEqual(replay(JSON.stringify(random)).tensors());
});
