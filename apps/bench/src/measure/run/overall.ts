/** How far a run of several jobs is. */
export interface Overall {
  /** From 0 to 1; never goes back. */
  readonly done: number;
  readonly secondsLeft?: number;
}

export interface OverallTime {
  /** The next job begins. */
  begin(): void;
  /** Where the run is, given how long the current job will take; undefined: it does not know. */
  at(secondsLeftOfJob: number | undefined): Overall;
}

/**
 * The time of a run: jobs of unknown length, each taken to be as long as those before it, then a last one of known length. `now` is in milliseconds.
 */
export function createOverallTime(
  jobs: number,
  lastSeconds: number,
  now: () => number = () => performance.now(),
): OverallTime {
  const started = now();
  const took: number[] = [];
  let began = started;
  let current = -1;
  let most = 0;
  return {
    begin() {
      const at = now();
      if (current >= 0) took.push((at - began) / 1000);
      began = at;
      current++;
    },
    at(secondsLeftOfJob) {
      const passed = (now() - began) / 1000;
      const isLast = current === jobs;
      const ofJob = isLast ? Math.max(1, lastSeconds - passed) : secondsLeftOfJob;
      const known = ofJob === undefined || isLast ? took : [...took, passed + ofJob];
      if (known.length === 0 && !isLast) return { done: most };
      const typical = known.length === 0 ? 0 : known.reduce((sum, seconds) => sum + seconds, 0) / known.length;
      const toCome = isLast ? 0 : (jobs - current - 1) * typical + lastSeconds;
      const secondsLeft = (ofJob ?? Math.max(1, typical - passed)) + toCome;
      const total = (now() - started) / 1000;
      most = Math.max(most, total / (total + secondsLeft));
      return { done: most, secondsLeft };
    },
  };
}
