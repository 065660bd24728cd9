import type { BenchmarkPlan, BenchmarkReport, ConformancePlan, WantedPeers } from '@alexnet/benchmark';
import type { BackendReport } from '@alexnet/conformance';
import type { Examination } from '@alexnet/core';
import type { LimitsOption } from '../options.ts';
import type { ExaminationPlan } from '../runs/examine.ts';
import type { WireError } from './wire-error.ts';

/*
 * What Node and the page tell each other: plain data, as JSON.
 */

/** Providers cannot be sent: the page finds its own by id. */
interface Wanted {
  /** Ids; undefined: all that are available in the page. */
  readonly wanted?: readonly string[];
  /** The browser and its version, for reports: `Chromium 147.0.7727.0`. */
  readonly browser: string;
}

export type Job =
  | ({ readonly kind: 'conform' } & LimitsOption & Wanted & Omit<ConformancePlan, 'backends'>)
  | ({ readonly kind: 'bench'; readonly wantedPeers?: WantedPeers } & Wanted &
      Omit<BenchmarkPlan, 'backends' | 'peers'>)
  | ({ readonly kind: 'doctor' } & Wanted & ExaminationPlan);

/** What each kind of job ends with. */
export interface Results {
  readonly conform: readonly BackendReport[];
  readonly bench: BenchmarkReport;
  readonly doctor: Examination;
}

export type News =
  | {
      readonly kind: 'progress';
      readonly label: string;
      readonly done?: number;
      readonly total?: number;
      readonly secondsLeft?: number;
    }
  /** One JSON document for scripts. */
  | { readonly kind: 'record'; readonly record: unknown }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'done'; readonly result: Results[Job['kind']] }
  | { readonly kind: 'failed'; readonly error: WireError };
