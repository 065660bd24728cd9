import type { BenchmarkReport, Shipped } from '@alexnet/benchmark';
import type { BackendReport } from '@alexnet/conformance';
import type { BackendId } from '../../engines/names.ts';
import type { NetworkChoice } from '../choice/network-choice.ts';

/*
 * What the page and a worker tell each other: plain data.
 */

/** One thing for a worker to do; it does no second. */
export type Job =
  | { readonly kind: 'conform'; readonly backend: BackendId; readonly network: NetworkChoice }
  | { readonly kind: 'bench'; readonly backends: readonly BackendId[]; readonly network: NetworkChoice };

export type Order = Job | { readonly kind: 'cancel' };

/** What each kind of job ends with. */
export interface Results {
  readonly conform: { readonly report: BackendReport; readonly shipped: Shipped };
  readonly bench: BenchmarkReport;
}

export interface Progress {
  readonly label: string;
  readonly secondsLeft?: number;
}

export type News =
  | ({ readonly kind: 'progress' } & Progress)
  | { readonly kind: 'done'; readonly result: Results[Job['kind']] }
  /** Also when it was cancelled. */
  | { readonly kind: 'failed'; readonly text: string };
