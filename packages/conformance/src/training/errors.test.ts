import { referenceProvider } from '@alexnet/core';
import { expect, it } from 'vitest';
import { runCheck } from '../run/run-check.ts';
import { trainingErrorChecks } from './errors.ts';

const options = { skips: () => undefined, timeLimitMs: 10_000, signal: undefined, giveUp: false };

it.each(trainingErrorChecks)('$id passes on a correct backend', async (definition) => {
  await using backend = await referenceProvider().create();
  const { check } = await runCheck(definition, { ...options, backend });
  expect(check.status, `${check.reason}`).toBe('passed');
});

it.each(trainingErrorChecks)('$id fails on a backend that takes everything', async (definition) => {
  await using backend = await referenceProvider().create();
  const right = backend.compileTraining!.bind(backend);
  const lenient: typeof backend = {
    ...backend,
    async compileTraining(training, weights, { optimiser }) {
      const { rule } = optimiser;
      const plain = { rule: rule.kind === 'sgd' ? { ...rule, momentum: 0.5 } : { ...rule, epsilon: 1 } };
      const trainer = await right(training, weights, { optimiser: plain });
      const result = { loss: 1, scores: { shape: [1], data: new Float32Array(1) } };
      return {
        ...trainer,
        step: (...args) => trainer.step(...args).catch(() => result),
        load: (state) => trainer.load(state).catch(() => {}),
      };
    },
  };
  const { check } = await runCheck(definition, { ...options, backend: lenient });
  expect(check.status).toBe('failed');
});

it('is skipped, with the reason, where the backend does not train', async () => {
  await using backend = await referenceProvider().create();
  const mute = { ...backend, capabilities: { ...backend.capabilities, training: false } };
  const { check } = await runCheck(trainingErrorChecks[0]!, { ...options, backend: mute });
  expect(check).toMatchObject({ status: 'skipped', reason: 'The backend does not declare training' });
});
