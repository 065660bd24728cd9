import { throwIfAborted } from '../error.ts';
import { shuffled } from './shuffled.ts';
import { type LimitOptions, type TimeLimit, timeLimit } from './within.ts';

/*
 * Times candidates in turns: in every round each has one, in a seeded order. A turn begins with a pause and a run that is not timed
 * (docs/decisions/005-benchmark-turns-and-pauses.md).
 */

/** Engines let their threads spin for a while after a run; they would slow the next candidate down. */
const PAUSE_MS = 25;
/** With fewer, the range of the turns is no 95 % interval of their median. */
const MIN_ROUNDS = 6;
const MAX_ROUNDS = 15;
/** However slow: one turn alone would have no interval. */
const MIN_TURNS = 2;
/** What a turn takes, so that it is long beside the step of a clock and beside what disturbs. */
const TURN_MS = 20;
const MAX_RUNS = 8;
const WARM_UP_RUNS = 4;
const WARM_UP_MS = 500;

export interface Racer {
  readonly id: string;
  /** One run, which throws when it fails or gives wrong numbers. */
  run(): Promise<void>;
}

export interface RaceOptions {
  /** For the warm runs of all together; each takes two turns at least. */
  readonly budgetMs: number;
  /** For one turn, or for warming up. */
  readonly limitMs: number;
  readonly seed: number;
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
  readonly onRound: (round: number) => void;
}

export interface RaceResults {
  /** Milliseconds per run, one mean per turn. */
  readonly times: ReadonlyMap<string, readonly number[]>;
  /** Those that failed on the way have no times. */
  readonly failures: ReadonlyMap<string, unknown>;
}

/** Errors: `aborted`. */
export async function race(racers: readonly Racer[], options: RaceOptions): Promise<RaceResults> {
  const { budgetMs, seed, now, signal, onRound } = options;
  const times = new Map<string, number[]>();
  const failures = new Map<string, unknown>();
  const entrants = racers.map((racer) => entrant(racer, options));
  const attempt = async (id: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      throwIfAborted(signal, 'timing');
      times.delete(id);
      failures.set(id, error);
    }
  };

  for (const { id, warmUp } of entrants) {
    throwIfAborted(signal, 'timing');
    times.set(id, []);
    await attempt(id, warmUp);
  }
  const share = budgetMs / Math.max(1, times.size);
  const start = now();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const able = entrants.filter(({ id, spent }) => {
      const turns = times.get(id);
      return turns !== undefined && (turns.length < MIN_TURNS || spent() < share);
    });
    if (able.length === 0 || (round >= MIN_ROUNDS && now() - start > budgetMs)) break;
    onRound(round);
    for (const { id, turn } of shuffled(able, seed, round)) {
      await attempt(id, async () => times.get(id)!.push(await turn()));
    }
  }
  return { times, failures };
}

/** A racer with what it has spent so far. */
function entrant({ id, run }: Racer, { limitMs, now, signal }: LimitOptions) {
  let typical = 0;
  let spent = 0;
  const begin = () => timeLimit({ limitMs, now, signal });
  const timed = async (limit: TimeLimit, runs: number) => {
    const start = now();
    for (let i = 0; i < runs; i++) await limit.wait('its turn', run);
    return (now() - start) / runs;
  };
  return {
    id,
    spent: () => spent,
    async warmUp() {
      const start = now();
      const limit = begin();
      for (let i = 0; i < WARM_UP_RUNS && (i === 0 || now() - start < WARM_UP_MS); i++) typical = await timed(limit, 1);
    },
    /** Milliseconds per run. */
    async turn() {
      const start = now();
      const limit = begin();
      await limit.wait('its turn', () => new Promise<void>((resolve) => setTimeout(resolve, PAUSE_MS)));
      if (typical < TURN_MS * MAX_RUNS) await timed(limit, 1);
      const mean = await timed(limit, Math.min(MAX_RUNS, Math.max(1, Math.ceil(TURN_MS / Math.max(typical, 0.1)))));
      spent += now() - start;
      return mean;
    },
  };
}
