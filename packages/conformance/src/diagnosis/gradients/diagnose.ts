import { evaluateTrainingNode, type Floats, sameShape, type Tensor, type Weights } from '@alexnet/core';
import type { JudgedValue } from '../../gradients/judge.ts';
import { shareOfBudget } from '../../numerics/compare.ts';
import { ulp } from '../../numerics/tolerance.ts';
import type { Cause, Diagnosis } from '../diagnosis.ts';
import { errorMap } from '../error-map.ts';
import { patternOf } from '../pattern.ts';
import { gradientMistakesOf } from './index.ts';
import type { GradientCall } from './mistake.ts';

/** An element now and then may be off for its own reason; below this share a mistake explains nothing. */
const NEARLY_ALL = 0.98;
const MOST_ALTERNATIVES = 3;

/** The most likely cause of a wrong value of a training graph, and a map of it; undefined where there is no value of the right shape. */
export function diagnoseGradient(judged: JudgedValue, weights: Weights): Diagnosis | undefined {
  const { node, got, evaluation, allowed } = judged;
  const want = evaluation.value;
  if (!(got?.data instanceof Float32Array) || !sameShape(got.shape, want.shape) || got.data.length !== want.data.length)
    return undefined;
  const ratioAt = (i: number) => shareOfBudget(got.data[i]!, want.data[i]!, allowed, i);
  const [, ...perSample] = want.shape;
  const overBatch = judged.shapes.overBatch.has(node.name);
  const map = errorMap(
    ratioAt,
    overBatch || perSample.length === 0 ? [1, ...want.shape, ...(want.shape.length === 0 ? [1] : [])] : want.shape,
  );

  const call = callOf(judged, weights);
  const likely = gradientMistakesOf(node.op).flatMap(({ id, cause, fix, compute }) => {
    const guess = compute(call);
    const found = guess === undefined ? undefined : explains(judged, got, guess);
    return found === undefined ? [] : [{ id, cause, fix, ...found }];
  });
  // equals stay in the order of the catalogue
  const causes = likely
    .toSorted((a, b) => (Math.abs(a.left - b.left) > 0.01 ? a.left - b.left : 0))
    .map(({ id, cause, fix, explains: share }): Cause => ({ id, cause, fix, explains: share }));
  const [cause, ...alternatives] = causes;
  return {
    ...(cause === undefined ? {} : { cause }),
    alternatives: alternatives.slice(0, MOST_ALTERNATIVES),
    ...(cause === undefined && map !== undefined
      ? { pattern: patternOf({ got, want, allowed }, map, (i) => ratioAt(i) > 1) }
      : {}),
    ...(map === undefined ? {} : { errors: map }),
  };
}

function callOf({ node, operands, shapes, batch, evaluation }: JudgedValue, weights: Weights): GradientCall {
  return {
    node,
    operands,
    shapes,
    weights,
    batch,
    output: evaluation.value.shape,
    evaluate: (changed = {}) =>
      evaluateTrainingNode(
        shapes,
        changed.node ?? node,
        changed.weights ?? weights,
        changed.operands ?? operands,
        batch,
      ).value.data,
  };
}

/** Which share of the elements a mistake gives, and what is left of the error where there was one; undefined where it explains too little. */
function explains({ evaluation, allowed }: JudgedValue, got: Tensor, guess: Floats) {
  const want = evaluation.value.data;
  if (guess.length !== want.length) return undefined;
  let [reproduced, wrong, left] = [0, 0, 0];
  for (let i = 0; i < want.length; i++) {
    const [g, value] = [got.data[i]!, guess[i]!];
    const isWrong = shareOfBudget(g, want[i]!, allowed, i) > 1;
    const off = Object.is(g, Math.fround(value)) ? 0 : Math.abs(g - value);
    const error = Math.abs(g - want[i]!);
    const budget = 16 * ulp(value) + (typeof allowed === 'string' ? 0 : 4 * allowed[i]!);
    if (off <= (isWrong && Number.isFinite(error) ? Math.max(2 * ulp(value), Math.min(budget, error / 4)) : budget))
      reproduced++;
    else if (isWrong && !Number.isFinite(g) && !Number.isFinite(value)) reproduced++;
    if (!isWrong) continue;
    wrong++;
    left += error > 0 && Number.isFinite(off / error) ? Math.min(1, off / error) : 0;
  }
  const share = reproduced / want.length;
  return share >= NEARLY_ALL ? { explains: share, left: left / Math.max(1, wrong) } : undefined;
}
