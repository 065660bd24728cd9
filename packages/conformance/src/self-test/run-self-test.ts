import { throwIfAborted } from '@alexnet/core';
import { behaviourChecks } from '../behaviour/index.ts';
import type { Cause } from '../diagnosis/diagnosis.ts';
import { gradientChecks } from '../gradients/check.ts';
import { networkStages } from '../networks/checks.ts';
import { createOracleCache } from '../networks/oracle.ts';
import { opChecks } from '../ops/check.ts';
import type { Check } from '../report/report.ts';
import type { CheckDefinition } from '../run/check.ts';
import { runCheck } from '../run/run-check.ts';
import { trainingChecks } from '../training/check.ts';
import { alteredBackend } from './altered-backend.ts';
import { type Blame, blame } from './blame.ts';
import { everyOp } from './blame-network.ts';
import { blameTraining } from './blame-training.ts';
import { expectedCause, type Fault } from './faults/fault.ts';
import { END_TO_END } from './faults/fused.ts';
import { faults as allFaults } from './faults/index.ts';
import { type GradientSoundnessReport, judgeGradientKernels, randomGradientCases } from './gradient-soundness.ts';
import { runSoundness, type SoundnessReport } from './soundness.ts';
import { runTrainingSoundness, type TrainingSoundnessReport } from './training-soundness.ts';

export interface SelfTestOptions {
  /** Default: all. */
  readonly faults?: readonly Fault[];
  /**
   * Random cases on which correct kernels must pass, and of gradients a fiftieth of that; then every training setting from one seed.
   * Default 10,000; 0 leaves them all out.
   */
  readonly cases?: number;
  /** Of the random cases. Default 2012. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  onProgress?(progress: SelfTestProgress): void;
}

export interface SelfTestProgress {
  readonly stage: 'faults' | 'soundness';
  readonly label: string;
  readonly done: number;
  readonly total: number;
}

/** What became of one fault. */
export interface SelfTestEntry {
  readonly id: string;
  readonly name: string;
  /** The check that must fail; and whether it did. */
  readonly caughtBy: string;
  readonly caught: boolean;
  /** The mistake that must be named, and what was. */
  readonly expected: string;
  readonly cause?: Cause;
  readonly named: boolean;
  /** Of numeric faults: made in one layer of a network, which layers failed. */
  readonly blame?: Blame;
  /** That layer and no other. True where there are no layers. */
  readonly rightLayer: boolean;
  readonly ms: number;
}

export interface SelfTestReport {
  readonly faults: number;
  readonly caught: number;
  readonly named: number;
  readonly rightLayer: number;
  /** Correct kernels, gradients and trainings that were failed. */
  readonly falseFailures: number;
  readonly entries: readonly SelfTestEntry[];
  readonly soundness?: Soundness;
  readonly ms: number;
}

/** What correct float32 arithmetic was judged to be. */
export interface Soundness {
  readonly inference: SoundnessReport;
  readonly gradients: GradientSoundnessReport;
  readonly trainings: TrainingSoundnessReport;
}

/**
 * The suite's own test: every fault of the catalogue must be caught, named, and blamed on the right layer, and no correct float32 kernel may fail.
 * Some minutes. Errors: `aborted`.
 */
export async function runSelfTest(options: SelfTestOptions = {}): Promise<SelfTestReport> {
  const { faults = allFaults, cases = 10_000, seed, signal, onProgress } = options;
  const started = performance.now();
  const entries: SelfTestEntry[] = [];
  for (const fault of faults) {
    throwIfAborted(signal, 'self-test');
    onProgress?.({ stage: 'faults', label: fault.id, done: entries.length, total: faults.length });
    entries.push(await tryFault(fault, signal));
    await new Promise((resolve) => setTimeout(resolve));
  }
  const soundness = cases === 0 ? undefined : await soundnessOf(cases, seed, options);
  const count = (of: (entry: SelfTestEntry) => boolean) => entries.filter(of).length;
  return {
    faults: entries.length,
    caught: count(({ caught }) => caught),
    named: count(({ named }) => named),
    rightLayer: count(({ rightLayer }) => rightLayer),
    falseFailures: soundness === undefined ? 0 : falseFailuresOf(soundness),
    entries,
    ...(soundness === undefined ? {} : { soundness }),
    ms: performance.now() - started,
  };
}

/** Judging gradients takes as much longer. */
const CASES_OF_A_GRADIENT = 50;

async function soundnessOf(cases: number, seed = 2012, { signal, onProgress }: SelfTestOptions): Promise<Soundness> {
  const telling = (label: string) => ({
    ...(signal === undefined ? {} : { signal }),
    onProgress: (progress: { readonly done: number; readonly total: number }) =>
      onProgress?.({ stage: 'soundness', label, ...progress }),
  });
  return {
    inference: await runSoundness({ cases, seed, ...telling('correct kernels') }),
    gradients: await judgeGradientKernels(
      randomGradientCases(Math.ceil(cases / CASES_OF_A_GRADIENT), seed),
      telling('correct gradients'),
    ),
    trainings: await runTrainingSoundness({ seeds: 1, ...telling('correct trainings') }),
  };
}

function falseFailuresOf({ inference, gradients, trainings }: Soundness): number {
  return inference.falseFailures + gradients.failures.length + trainings.falseFailures;
}

/** Every fault caught, at the right layer, nine in ten named, and no correct kernel failed. */
export function selfTestPassed({ faults, caught, named, rightLayer, falseFailures }: SelfTestReport): boolean {
  return caught === faults && rightLayer === faults && named >= 0.9 * faults && falseFailures === 0;
}

const checks: ReadonlyMap<string, CheckDefinition> = new Map(
  [...opChecks, ...gradientChecks, ...trainingChecks, ...behaviourChecks].map((check) => [check.id, check]),
);

async function tryFault(fault: Fault, signal: AbortSignal | undefined): Promise<SelfTestEntry> {
  const started = performance.now();
  const { check, blamed } =
    fault.caughtBy === END_TO_END ? await tryWhole(fault, signal) : await tryAlone(fault, signal);
  const cause = check.diagnosis?.cause;
  const expected = expectedCause(fault);
  return {
    id: fault.id,
    name: fault.name,
    caughtBy: fault.caughtBy,
    caught: check.status === 'failed',
    expected,
    ...(cause === undefined ? {} : { cause }),
    named: cause !== undefined && cause.id === expected,
    ...(blamed === undefined ? {} : { blame: blamed }),
    rightLayer: blamed === undefined || (blamed.failed.length === 1 && blamed.failed[0] === blamed.layer),
    ms: performance.now() - started,
  };
}

interface Tried {
  readonly check: Check;
  readonly blamed: Blame | undefined;
}

/** The check that must catch it, then one wrong layer in a network. */
async function tryAlone(fault: Fault, signal: AbortSignal | undefined): Promise<Tried> {
  const { check } = await runCheck(checks.get(fault.caughtBy)!, running(fault, signal));
  if (fault.gradient !== undefined) return { check, blamed: await blameTraining(fault, signal) };
  return { check, blamed: fault.op === undefined ? undefined : await blame(fault, signal) };
}

/** A fault that only shows where layers run together: the network as a whole must fail, and no layer alone. */
async function tryWhole(fault: Fault, signal: AbortSignal | undefined): Promise<Tried> {
  const stages = networkStages(everyOp, await oracle.expect(everyOp, signal === undefined ? {} : { signal }));
  const results: Check[] = [];
  for (const { checks: definitions, end } of stages) {
    for (const definition of definitions) results.push((await runCheck(definition, running(fault, signal))).check);
    await end();
  }
  const failed = results.filter(({ status }) => status === 'failed').map(({ layer }) => layer ?? 'end-to-end');
  const check = results.find(({ id }) => id === fault.caughtBy)!;
  return { check, blamed: { network: everyOp.variant.id, layer: 'end-to-end', failed } };
}

const oracle = createOracleCache();

const running = ({ alteration }: Fault, signal: AbortSignal | undefined) => ({
  // naming must not live on results that are the oracle's to the last bit
  backend: alteredBackend({ ...alteration, inexact: true }),
  skips: () => undefined,
  timeLimitMs: 60_000,
  signal,
  giveUp: false,
});
