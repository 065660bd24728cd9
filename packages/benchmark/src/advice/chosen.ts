import type { Measurement, Subject } from '../records.ts';
import type { Versus } from './versus.ts';

export interface Chosen {
  /** Ids: one that is shown to be the fastest, or all that it is not shown to be faster than, itself first. */
  readonly use: readonly string[];
  readonly runnerUp?: Versus;
}

/**
 * Chooses among candidates that may be recommended, lowest median first. The first is compared with every other by the ratios that were measured;
 * a pair that was not compared counts as undecided.
 */
export function chosenFrom(
  able: readonly Measurement[],
  versus: (one: Subject, other: Subject) => Versus | undefined,
): Chosen {
  const [first, ...others] = able;
  if (first === undefined) return { use: [] };
  const beaten = (other: Measurement) => (versus(first, other)?.ciLow ?? 0) > 1;
  const alike = others.filter((other) => !beaten(other));
  const closest = others
    .flatMap((other) => versus(first, other) ?? [])
    .reduce<Versus | undefined>(
      (least, next) => (least === undefined || next.ratio < least.ratio ? next : least),
      undefined,
    );
  return {
    use: [first, ...alike].map(({ candidate }) => candidate),
    ...(closest === undefined ? {} : { runnerUp: closest }),
  };
}
