import { type Backend, referenceProvider, referenceTrainer } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { numberOf } from '../report/report.ts';
import { runCheck } from '../run/run-check.ts';
import { runTrainingSoundness } from '../self-test/training-soundness.ts';
import { judgeTraining, resumedChecks, trainingChecks } from './check.ts';
import { expectTraining } from './expect.ts';
import { distanceToKinks } from './kinks.ts';
import { STEPS, settingOf, settingRows } from './settings.ts';
import { trajectory } from './trajectory.ts';

describe.each(settingRows)('training $id', (row) => {
  const setting = settingOf(row);

  it('stays away from kinks, where trainings that are both correct part', () => {
    expect(distanceToKinks(setting)).toBeGreaterThan(2);
  });

  it('is that of the oracle of training', async () => {
    const trainer = await referenceTrainer(setting.training, setting.weights, { optimiser: setting.optimiser });
    const losses: number[] = [];
    for (let step = 0; step < STEPS; step++)
      losses.push((await trainer.step(setting.inputs(step), { learningRate: setting.learningRate(step) })).loss);
    const exact = trajectory(setting);
    expect(losses).toEqual(exact.losses);
    for (const [name, { data }] of await trainer.weights())
      expect({ name, data }).toEqual({ name, data: Float32Array.from(exact.weights.get(name)!) });
  });

  it('learns, in batches of which the last is smaller', () => {
    const { losses } = expectTraining(setting);
    const mean = (from: number) => losses.slice(from, from + 4).reduce((a, b) => a + b, 0) / 4;
    expect(mean(STEPS - 4)).toBeLessThan(mean(0));
    expect(new Set([0, 1, 2, 3].map((step) => setting.inputs(step)['labels']!.shape[0]))).toEqual(new Set([5, 2]));
  });

  it('has a band far below what a step moves, and passes the reference backend', async () => {
    const { lossBand, losses } = expectTraining(setting);
    for (const [step, band] of lossBand.entries()) expect(band / losses[step]!).toBeLessThan(1e-4);
    await using backend = await referenceProvider().create();
    const options = { skips: () => undefined, timeLimitMs: 60_000, signal: undefined, giveUp: false, backend };
    const { check } = await runCheck(trainingChecks.find(({ id }) => id === `training/${row.id}`)!, options);
    expect(check).toMatchObject({ status: 'passed' });
    expect(numberOf(check.maxRatio!)).toBeLessThan(0.5);
  });
});

describe.each(resumedChecks)('$id', (definition) => {
  const options = { skips: () => undefined, timeLimitMs: 60_000, signal: undefined, giveUp: false };

  it('passes on the reference backend', async () => {
    await using backend = await referenceProvider().create();
    const { check } = await runCheck(definition, { ...options, backend });
    expect(check).toMatchObject({ status: 'passed' });
  });

  it('fails where the state is not all of it', async () => {
    const exact = await referenceProvider().create();
    const forgetful: Backend = {
      ...exact,
      async compileTraining(...given) {
        const trainer = await exact.compileTraining!(...given);
        const state = async () => ({ weights: (await trainer.state()).weights, slots: new Map() });
        const old = async () => ({ ...(await trainer.state()), weights: given[1] });
        return { ...trainer, state: definition.id.includes('batch-norm') ? old : state };
      },
    };
    const { check } = await runCheck(definition, { ...options, backend: forgetful });
    expect(check).toMatchObject({ status: 'failed' });
  });
});

it('no correct float32 trainer fails', { timeout: 120_000 }, async () => {
  const settings = settingRows.filter(({ id }) => id === 'caffe' || id === 'rmsprop');
  const { falseFailures, judgements } = await runTrainingSoundness({ seeds: 1, settings });
  expect({ falseFailures, judgements }).toEqual({ falseFailures: 0, judgements: 6 });
});

it('what no known mistake explains is said, with where it begins', () => {
  const setting = settingOf(settingRows[0]!);
  const { losses, weights } = expectTraining(setting);
  const got = { losses: losses.map((loss, step) => (step < 3 ? loss : loss + 0.01 * step)), weights };
  const { passed, diagnosis } = judgeTraining(setting, got);
  expect(passed).toBe(false);
  expect(diagnosis?.pattern).toBe(
    'No known mistake explains it: the losses before step 3 are right; wrong at the end: nothing',
  );
});

it('a parameter that is frozen must keep every bit', () => {
  const setting = settingOf(settingRows.find(({ id }) => id === 'frozen-trunk')!);
  const { losses, weights } = expectTraining(setting);
  const moved = weights.get('conv1.weight')!.map((w, i) => (i === 0 ? w * (1 + 2 ** -23) : w));
  const { passed, reason } = judgeTraining(setting, {
    losses,
    weights: new Map([...weights, ['conv1.weight', moved]]),
  });
  expect(passed).toBe(false);
  expect(reason).toContain('conv1.weight');
});
