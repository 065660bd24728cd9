/** A part of a run on one backend. */
export interface Timed {
  readonly backend: string;
  /** How long it takes on an ordinary backend. */
  readonly seconds: number;
}

export interface TimeOfParts {
  /** The next part begins. */
  begin(): void;
  /** Seconds until all parts are done, given what the current one says of itself. */
  left(ofThisPart: number): number;
}

/**
 * How long the parts of a run take that are still to come: each as its backend is faster or slower than an ordinary one, which its parts so far
 * show; a backend that has not begun as the others. `now` is in milliseconds.
 */
export function createTimeOfParts(parts: readonly Timed[], now: () => number = () => performance.now()): TimeOfParts {
  let current = -1;
  let began = now();
  const took: number[] = [];
  return {
    begin() {
      const at = now();
      if (current >= 0) took[current] = (at - began) / 1000;
      began = at;
      current++;
    },
    left(ofThisPart) {
      const known = parts.slice(0, current + 1).map(({ backend, seconds }, index) => ({
        backend,
        expected: seconds,
        seconds: took[index] ?? (now() - began) / 1000 + ofThisPart,
      }));
      const slowness = (of: readonly (typeof known)[number][]) =>
        of.reduce((sum, { seconds }) => sum + seconds, 0) / of.reduce((sum, { expected }) => sum + expected, 0);
      return parts.slice(current + 1).reduce((sum, { backend, seconds }) => {
        const its = known.filter((part) => part.backend === backend);
        return sum + seconds * slowness(its.length > 0 ? its : known);
      }, ofThisPart);
    },
  };
}
