import { type OpName, opNames, type Precision, throwIfAborted } from '@alexnet/core';
import * as fc from 'fast-check';
import { type DataSetName, dataSets } from '../data/data.ts';
import type { Verdict } from '../numerics/compare.ts';
import { precisionFact, precisionNotDeclared, storedAs, storedPrecisions, suffixOf } from '../numerics/precision.ts';
import { judgeCase, opNotDeclared } from '../ops/check.ts';
import { numberOf } from '../report/report.ts';
import type { CheckDefinition } from '../run/check.ts';
import { randomCases, randomLinear, randomLowestMaxPool } from './arbitraries.ts';
import { opCaseOf, type RandomCase } from './random-case.ts';

export interface PropertyOptions {
  /** Random cases per op. Default 25. */
  readonly runs?: number;
  /** Where the random numbers start. The same seed gives the same cases everywhere. Default 2012. */
  readonly seed?: number;
}

/** How many simpler cases are tried to find the simplest that fails: each is a program to compile. */
const MOST_SHRINKS = 150;

/** One check per op, and per stored precision of linear layers: random cases against the oracle. */
export function fuzzChecks({ runs = 25, seed = 2012 }: PropertyOptions = {}): CheckDefinition[] {
  const check = (
    op: OpName,
    cases: fc.Arbitrary<RandomCase>,
    { precision = 'f32', of = '' }: { readonly precision?: Precision; readonly of?: DataSetName | '' } = {},
  ): CheckDefinition => ({
    id: `property/fuzz/${op}${of && `/${of}`}${suffixOf(precision)}`,
    suite: 'property',
    op,
    ...precisionFact(precision),
    name: `${op}${of && ` of ${dataSets[of].title}`}${storedAs(precision)} agrees with the oracle on ${runs} random shapes and attributes, from seed ${seed}`,
    why: 'tables hold the mistakes that somebody thought of',
    notDeclared: (capabilities) => opNotDeclared(op, capabilities) ?? precisionNotDeclared(precision, capabilities),
    run: (backend, signal) =>
      judgeRandom(cases, { runs, seed, signal }, (random) =>
        judgeCase(withoutRelu(random, backend.capabilities.ops), backend, signal),
      ),
  });
  return [
    ...opNames.map((op) => check(op, randomCases[op] as fc.Arbitrary<RandomCase>)),
    check('maxPool2d', randomLowestMaxPool, { of: 'lowest' }),
    ...storedPrecisions.map((precision) => check('linear', randomLinear(fc.constant(precision)), { precision })),
  ];
}

/** A backend need not have ReLU to have the op before it. */
function withoutRelu(random: RandomCase, declared: readonly OpName[]) {
  return opCaseOf(declared.includes('relu') ? random : { ...random, relu: false });
}

interface Drawing {
  readonly runs: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/**
 * Judges random cases until one fails, then simpler ones that fail, too. The verdict is that of the simplest, with the seed and the case as
 * JSON in its reason; or of the one that came closest to failing. Errors: `aborted`.
 */
export async function judgeRandom(
  cases: fc.Arbitrary<RandomCase>,
  { runs, seed, signal }: Drawing,
  judge: (random: RandomCase) => Promise<Verdict>,
): Promise<Verdict> {
  let simplest: { readonly random: RandomCase; readonly verdict: Verdict } | undefined;
  let closest: Verdict | undefined;
  let elements = 0;
  let shrinks = 0;
  const passes = async (random: RandomCase) => {
    // ends the search: what throws would count as a failure, and be shrunk
    if (signal.aborted || (simplest !== undefined && ++shrinks > MOST_SHRINKS)) return true;
    const verdict = await judge(random).catch(failure);
    elements += verdict.elements ?? 0;
    if (!verdict.passed && !signal.aborted) simplest = { random, verdict };
    else if (ratioOf(verdict) >= ratioOf(closest)) closest = verdict;
    return verdict.passed || signal.aborted;
  };
  await fc.check(fc.asyncProperty(cases, passes), { seed, numRuns: runs });
  throwIfAborted(signal, 'random cases');
  if (simplest === undefined) return { ...closest, passed: true, elements };
  const { random, verdict } = simplest;
  return { ...verdict, reason: `Seed ${seed}, shrunk to ${JSON.stringify(random)}: ${verdict.reason ?? 'wrong'}` };
}

const ratioOf = (verdict: Verdict | undefined) => numberOf(verdict?.maxRatio ?? -1);

function failure(error: unknown): Verdict {
  return { passed: false, reason: `Threw ${error instanceof Error ? error.message : String(error)}` };
}
