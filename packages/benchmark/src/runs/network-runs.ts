import type { BackendReport, Check, EndToEnd } from '@alexnet/conformance';

/** A network in one precision, as reports show it: `bvlc-alexnet`, `bvlc-alexnet q8`. */
export interface NetworkRun {
  readonly network: string;
  includes(part: Pick<Check | EndToEnd, 'variant' | 'precision'>): boolean;
}

/** The networks that ran from end to end on any backend, each followed by itself in other precisions. */
export function networkRunsOf(reports: readonly BackendReport[]): NetworkRun[] {
  const ends = reports.flatMap(({ endToEnd }) => endToEnd);
  const variants = [...new Set(ends.map(({ variant }) => variant))];
  return variants.flatMap((variant) => {
    const precisions = new Set(ends.filter((end) => end.variant === variant).map(({ precision }) => precision));
    return [...precisions].map((precision) => ({
      network: precision === undefined ? variant : `${variant} ${precision}`,
      includes: (part) => part.variant === variant && part.precision === precision,
    }));
  });
}
