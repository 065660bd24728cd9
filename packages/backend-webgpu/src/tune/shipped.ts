import type { Tuning } from './tuning.ts';

/** Tunings that come with the package, by what the adapter calls itself. */
export const shipped: readonly Tuning[] = [];
