import { shuffled, throwIfAborted } from '@alexnet/core';
import { labelOf } from '../records.ts';
import { type Batch, rotateBatches } from './batches.ts';
import { disagreement } from './gate.ts';
import { decidedAt, LAST_MISS, MAX_ROUNDS, MIN_ROUNDS } from './looks.ts';
import type { Rounds } from './measure.ts';
import { spin } from './noise.ts';
import { messageOf, type Runner, recordedAs, signalOf, timed } from './runner.ts';
import { isStationary, median } from './statistics.ts';
import { expectedOf, precisionOf, type Workload } from './workload.ts';

/**
 * Pause before a candidate's turn. Engines let their threads spin for some milliseconds after a run, in wait for the next;
 * without the pause one candidate's idle threads slow the next candidate down, on two processors by half.
 */
const SETTLE_MS = 25;
const MAX_WARM_UP = 20;
const MAX_WARM_UP_MS = 2000;
/** The part of a candidate's time that three runs of warming up may take; slower ones warm up once or twice. */
const WARM_UP_PART = 0.25;
/** Every candidate has as many turns, however slow: one alone would have no interval. */
const MIN_TURNS = 2;

export interface RoundOptions {
  readonly batch: number;
  readonly secondsPerBatch: number;
  /** A candidate that has run as long at this batch size, or would have after one more turn, takes no further turn. */
  readonly limitMs: number;
  readonly seed: number;
  readonly now: () => number;
  readonly signal?: AbortSignal;
  readonly onProgress: (step: string) => void;
}

export interface RoundResults {
  readonly times: ReadonlyMap<Runner, Rounds>;
  /** Runners that failed at this batch size, and how. They have no times. */
  readonly failures: ReadonlyMap<Runner, string>;
  /** A fixed loop, once per round. */
  readonly spinMs: readonly number[];
  /** How often a claim from these times may be wrong: less where the rounds ended early. */
  readonly miss: number;
}

/**
 * Warms every runner up, then gives each a turn in every round, until all pairs are decided (`decidedAt`) or the time is up. A runner that fails, or has had its time, takes no further turn. Errors: `aborted`.
 */
export async function runRounds(
  runners: readonly Runner[],
  workload: Workload,
  { batch, secondsPerBatch, limitMs, seed, now, signal, onProgress }: RoundOptions,
): Promise<RoundResults> {
  const inputs = rotateBatches(workload, batch);
  const stage = `${workload.variant}, batch ${batch}`;
  const typical = new Map<Runner, number>();
  const times = new Map<Runner, number[][]>();
  const failures = new Map<Runner, string>();
  const spent = new Map<Runner, number>();
  const spinMs: number[] = [];

  let next = 0;
  const run = async (runner: Runner, { input }: Batch = inputs[next++ % inputs.length]!) => {
    throwIfAborted(signal, 'benchmark');
    const result = await timed(now, () => runner.program.run({ input }, signalOf(signal)));
    spent.set(runner, (spent.get(runner) ?? 0) + result[1]);
    return result;
  };
  const hasTime = (runner: Runner) =>
    times.get(runner)!.length < MIN_TURNS || spent.get(runner)! + typical.get(runner)! <= limitMs;
  const attempt = async (runner: Runner, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      throwIfAborted(signal, 'benchmark');
      times.delete(runner);
      failures.set(runner, `batch ${batch}: ${messageOf(error)}`);
    }
  };

  for (const runner of runners) {
    onProgress(`${stage}: ${labelOf(recordedAs(runner.candidate))} warms up`);
    const expected = expectedOf(workload, runner.candidate);
    await attempt(runner, async () => {
      const warmUp: number[] = [];
      const start = now();
      while (
        (warmUp.length < 3 && (warmUp.length === 0 || now() - start < WARM_UP_PART * limitMs)) ||
        (!isStationary(warmUp) && warmUp.length < MAX_WARM_UP && now() - start < MAX_WARM_UP_MS)
      ) {
        const sample = inputs[next++ % inputs.length]!;
        const [{ prob }, ms] = await run(runner, sample);
        const reason = disagreement(
          prob,
          sample.indices.map((index) => expected[index]!),
          precisionOf(runner.candidate),
        );
        if (reason !== undefined) throw new Error(`does not conform: ${reason}`);
        warmUp.push(ms);
      }
      typical.set(runner, median(warmUp.slice(-3)));
      times.set(runner, []);
    });
  }

  let miss = LAST_MISS;
  const start = now();
  for (let round = 0; round < MAX_ROUNDS && [...times.keys()].some(hasTime); round++) {
    if (round >= MIN_ROUNDS && now() - start > secondsPerBatch * 1000) break;
    const decided = decidedAt([...times.values()], round);
    if (decided !== undefined) {
      miss = decided;
      break;
    }
    onProgress(`${stage}: round ${round + 1}`);
    for (const [place, runner] of shuffled([...times.keys()].filter(hasTime), seed, round).entries()) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      if (place === 0) spinMs.push((await timed(now, async () => spin(round)))[1]);
      await attempt(runner, async () => {
        const { untimed, timed: count } = turnOf(typical.get(runner)!);
        for (let i = 0; i < untimed; i++) await run(runner);
        const turn: number[] = [];
        for (let i = 0; i < count; i++) turn.push((await run(runner))[1]);
        times.get(runner)!.push(turn);
      });
    }
  }
  return { times, failures, spinMs, miss };
}

/** Short runs come several in a turn, after one that brings their weights back into the caches, as in steady use. */
function turnOf(ms: number): { readonly untimed: number; readonly timed: number } {
  if (ms < 60) return { untimed: 1, timed: 4 };
  return ms < 300 ? { untimed: 1, timed: 2 } : { untimed: 0, timed: 1 };
}
