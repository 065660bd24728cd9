import { type Comparison, labelOf, type Subject } from '../records.ts';

/** How many times as fast one candidate is as another. */
export interface Versus {
  /** The other, with its precision where that is not f32. */
  readonly than: string;
  readonly ratio: number;
  readonly ciLow: number;
  readonly ciHigh: number;
}

/** Looks a pair up, whichever way round it was compared. Undefined: it was not. */
export function versusOf(
  comparisons: readonly Comparison[],
  { variant, batch }: Pick<Comparison, 'variant' | 'batch'>,
): (one: Subject, other: Subject) => Versus | undefined {
  const here = comparisons.filter((c) => c.variant === variant && c.batch === batch);
  const isA = (c: Comparison, s: Subject) => c.a === s.candidate && c.aPrecision === s.precision;
  const isB = (c: Comparison, s: Subject) => c.b === s.candidate && c.bPrecision === s.precision;
  return (one, other) => {
    const than = labelOf(other);
    const same = here.find((c) => isA(c, one) && isB(c, other));
    if (same !== undefined) return { than, ratio: same.ratio, ciLow: same.ciLow, ciHigh: same.ciHigh };
    const turned = here.find((c) => isA(c, other) && isB(c, one));
    if (turned === undefined) return undefined;
    return { than, ratio: 1 / turned.ratio, ciLow: 1 / turned.ciHigh, ciHigh: 1 / turned.ciLow };
  };
}
