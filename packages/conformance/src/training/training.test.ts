import { type Backend, referenceProvider, referenceTrainer, type StepResult } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { numberOf } from '../report/report.ts';
import { runCheck } from '../run/run-check.ts';
import { runTrainingSoundness } from '../self-test/training-soundness.ts';
import { judgeTraining, resumedChecks, trainingChecks } from './check.ts';
import { distance, expectTraining } from './expect.ts';
import { distanceToKinks } from './kinks.ts';
import { STEPS, settingOf, settingRows } from './settings.ts';
import { type Trajectory, trajectory } from './trajectory.ts';

describe.each(settingRows)('training $id', (row) => {
  const setting = settingOf(row);

  it('stays away from kinks, where trainings that are both correct part', () => {
    expect(distanceToKinks(setting)).toBeGreaterThan(2);
  });

  it('is that of the oracle of training', async () => {
    const trainer = await referenceTrainer(setting.training, setting.weights, { optimiser: setting.optimiser });
    const results: StepResult[] = [];
    for (let step = 0; step < STEPS; step++)
      results.push(await trainer.step(setting.inputs(step), { learningRate: setting.learningRate(step) }));
    const exact = expectTraining(setting);
    expect(results.map(({ loss }) => loss)).toEqual(exact.losses);
    for (const [step, { scores }] of results.entries())
      expect(scores.data).toEqual(Float32Array.from(exact.scores[step]!));
    const { prob } = await trainer.evaluate({ x: setting.unseen }); // of weights in float32
    expect(distance(prob!.data, exact.evaluated)).toBeLessThan(exact.evaluatedBand / 4);
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
    const { lossBand, losses, scoreBand, scores, evaluatedBand, evaluated } = expectTraining(setting);
    const after = trajectory(setting, { scores: 'after-update' }).scores;
    for (const [step, band] of lossBand.entries()) {
      expect(band / losses[step]!).toBeLessThan(1e-4);
      const moved = distance(after[step]!, scores[step]!);
      expect(scoreBand[step]! / moved).toBeLessThan(0.002);
    }
    const before = trajectory(setting, { evaluation: 'first-weights' }).evaluated;
    expect(evaluatedBand / distance(before, evaluated)).toBeLessThan(1e-4);
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
  const { losses, ...right } = expectTraining(setting);
  const got = { ...right, losses: losses.map((loss, step) => (step < 3 ? loss : loss + 0.01 * step)) };
  const { passed, diagnosis } = judgeTraining(setting, got);
  expect(passed).toBe(false);
  expect(diagnosis?.pattern).toBe(
    'No known mistake explains it: the losses before step 3 are right; wrong at the end: nothing',
  );
});

it.each<{ why: string; wrong: (right: Trajectory) => Partial<Trajectory>; says: string }>([
  {
    why: 'scores that are no numbers',
    wrong: ({ scores }) => ({
      scores: scores.with(
        2,
        scores[2]!.map(() => Number.NaN),
      ),
    }),
    says: 'What step 2 gives as scores is off by NaN',
  },
  { why: 'scores that are missing', wrong: () => ({ scores: [] }), says: 'What step 0 gives as scores is missing' },
  {
    why: 'scores in another order',
    wrong: ({ scores }) => ({ scores: scores.with(4, scores[4]!.toReversed()) }),
    says: 'What step 4 gives as scores is off by',
  },
  {
    why: 'an evaluation to no numbers',
    wrong: ({ evaluated }) => ({ evaluated: evaluated.with(0, Number.NaN) }),
    says: 'After training, what it evaluates new images to is off by NaN',
  },
  {
    why: 'an evaluation of fewer images',
    wrong: ({ evaluated }) => ({ evaluated: evaluated.slice(3) }),
    says: 'After training, what it evaluates new images to is missing or has another shape',
  },
])('fails on $why', ({ wrong, says }) => {
  const setting = settingOf(settingRows[0]!);
  const expected = expectTraining(setting);
  const { passed, reason } = judgeTraining(setting, { ...expected, ...wrong(expected) });
  expect(passed).toBe(false);
  expect(reason).toContain(says);
});

it('a parameter that is frozen must keep every bit', () => {
  const setting = settingOf(settingRows.find(({ id }) => id === 'frozen-trunk')!);
  const expected = expectTraining(setting);
  const { weights } = expected;
  const moved = weights.get('conv1.weight')!.map((w, i) => (i === 0 ? w * (1 + 2 ** -23) : w));
  const { passed, reason } = judgeTraining(setting, {
    ...expected,
    weights: new Map([...weights, ['conv1.weight', moved]]),
  });
  expect(passed).toBe(false);
  expect(reason).toContain('conv1.weight');
});
