import { buildGraph, seededWeights, sourceOfWeights } from '@alexnet/core';
import { expect, it } from 'vitest';
import { timeDelivery } from './delivery.ts';

const graph = buildGraph('tiny', { name: 'input', shape: [3, 4, 5] })
  .flatten('flatten')
  .linear('fc7', 7)
  .linear('fc8', 6)
  .build();

/** Opening takes 100 ms, each parameter 10. */
function delivery(parameterMs = 10) {
  const clock = { ms: 0, open: 0, read: [] as string[] };
  const source = sourceOfWeights(seededWeights(graph, 1));
  return {
    clock,
    from: 'network' as const,
    async open() {
      clock.ms += 100;
      clock.open++;
      return {
        ...source,
        bytes: 4000,
        read(name: string) {
          clock.ms += parameterMs;
          clock.read.push(name);
          return source.read(name);
        },
        async [Symbol.asyncDispose]() {
          clock.open--;
        },
      };
    },
  };
}

it('a delivery is timed from opening to its last parameter, several times, and closed', async () => {
  const { clock, ...way } = delivery();
  const names = ['fc7.weight', 'fc7.bias', 'fc8.weight', 'fc8.bias'];
  expect(await timeDelivery(way, { variant: 'tiny', now: () => clock.ms })).toEqual({
    variant: 'tiny',
    from: 'network',
    bytes: 4000,
    samples: 7,
    p50Ms: 140,
    ciLowMs: 140,
    ciHighMs: 140,
  });
  for (const name of names) expect(clock.read.filter((read) => read === name)).toHaveLength(7);
  expect(clock.read).toHaveLength(7 * names.length);
  expect(clock.open).toBe(0);
});

it('a slow delivery is timed less often, at least once', async () => {
  const { clock, ...way } = delivery(30_000);
  const { samples, p50Ms } = await timeDelivery(way, { variant: 'tiny', now: () => clock.ms });
  expect([samples, p50Ms]).toEqual([1, 120_100]);
});
