import {
  evaluateTraining,
  type GradientOpName,
  gradientOpNames,
  inferTrainingShapes,
  referenceProvider,
  type Shape,
  withBatch,
} from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { numberOf } from '../report/report.ts';
import { runCheck } from '../run/run-check.ts';
import { gradientChecks } from './check.ts';
import { gradientCases } from './index.ts';

describe('the rows of gradients', () => {
  it('have no two equal extents in a tensor, with the batch, so that no swapped axes can hide', () => {
    const equal = (shape: Shape) => {
      const extents = shape.filter((extent) => extent > 1);
      return new Set(extents).size < extents.length;
    };
    const found = gradientCases.filter(({ training, batch }) => {
      const shapes = inferTrainingShapes(training);
      const values = [...shapes.values.keys()].map((name) => withBatch(shapes, name, batch));
      return [...values, ...training.parameters.map(({ shape }) => shape)].some(equal);
    });
    expect(found.map(({ id }) => id)).toEqual([]);
  });

  it('cover every gradient op, say why each is there, and have no id twice', () => {
    const seen = new Set(gradientCases.flatMap(({ training }) => training.nodes.map(({ op }) => op as GradientOpName)));
    expect(gradientOpNames.filter((op) => !seen.has(op))).toEqual([]);
    expect(new Set(gradientCases.map(({ id }) => id)).size).toBe(gradientCases.length);
    expect(gradientCases.filter(({ why }) => why.length < 10).map(({ id }) => id)).toEqual([]);
  });

  it('sum over batches: few have one sample', () => {
    const single = gradientCases.filter(({ batch }) => batch === 1);
    expect(single.length).toBeGreaterThan(4);
    expect(single.length).toBeLessThan(0.1 * gradientCases.length);
  });

  it('have gradients that are not all 0', () => {
    const empty = gradientCases.filter(({ training, tensors }) => {
      const { weights, inputs } = tensors();
      const values = evaluateTraining(training, weights, inputs);
      return values.get(`${training.network.inputs[0]!.name}.gradient`)!.data.every((value) => value === 0);
    });
    expect(empty.map(({ id }) => id)).toEqual([]);
  });
});

it('the reference backend passes, and uses little of its budgets', { timeout: 60_000 }, async () => {
  await using backend = await referenceProvider().create();
  const options = { skips: () => undefined, timeLimitMs: 10_000, signal: undefined, giveUp: false, backend };
  const tight: string[] = [];
  for (const definition of gradientChecks) {
    const { check } = await runCheck(definition, options);
    expect(check.status, `${check.id}: ${check.reason}`).toBe('passed');
    if (numberOf(check.maxRatio ?? 0) > 0.5) tight.push(check.id);
  }
  expect(tight).toEqual([]);
});
