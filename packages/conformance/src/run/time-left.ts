/** A piece of work: what kind of work it is, and how long it takes on an ordinary backend, in seconds. */
export interface Work {
  readonly kind: string;
  readonly seconds: number;
}

export interface TimeLeft {
  /** A piece of work ended now; it began when the one before it ended. */
  did(work: Work): void;
  /** An estimate of the seconds until all work is done. */
  seconds(): number;
}

/** How much an expectation weighs against what was measured: as much as this share of the work of its kind. */
const TRUST = 0.03;
/** In how many seconds about two thirds of a correction show: estimates that jump are of no use. */
const SETTLES_IN = 2;

/**
 * Estimates how long work will take: each kind as long as it took so far in relation to what was expected, and kinds that have not begun as long
 * as the others suggest. Falls with the clock while a long piece runs. `now` is in milliseconds.
 */
export function createTimeLeft(all: readonly Work[], now: () => number = () => performance.now()): TimeLeft {
  const kinds = new Map<string, { left: number; done: number; took: number }>();
  for (const { kind, seconds } of all) {
    const known = kinds.get(kind) ?? { left: 0, done: 0, took: 0 };
    kinds.set(kind, { ...known, left: known.left + seconds });
  }
  let since = now();
  let shown: { readonly seconds: number; readonly at: number } | undefined;

  const estimate = () => {
    const sum = (of: 'done' | 'took' | 'left') => [...kinds.values()].reduce((total, kind) => total + kind[of], 0);
    const trusted = TRUST * (sum('done') + sum('left'));
    if (trusted === 0) return 0;
    const slowness = (trusted + sum('took')) / (trusted + sum('done'));
    return [...kinds.values()].reduce((total, { left, done, took }) => {
      const weight = TRUST * (done + left);
      return left <= 0 ? total : total + (left * (weight * slowness + took)) / (weight + done);
    }, 0);
  };

  return {
    did({ kind, seconds }) {
      const at = now();
      const known = kinds.get(kind) ?? { left: 0, done: 0, took: 0 };
      kinds.set(kind, {
        left: Math.max(0, known.left - seconds),
        done: known.done + seconds,
        took: known.took + (at - since) / 1000,
      });
      since = at;
    },
    seconds() {
      const at = now();
      const raw = estimate();
      const best = Math.max(0, raw - (at - since) / 1000);
      if (shown === undefined || raw === 0) {
        shown = { seconds: best, at };
        return best;
      }
      const passed = (at - shown.at) / 1000;
      const fallen = Math.max(0, shown.seconds - passed);
      shown = { seconds: fallen + (best - fallen) * (1 - Math.exp(-passed / SETTLES_IN)), at };
      return shown.seconds;
    },
  };
}
