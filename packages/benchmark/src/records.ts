/*
 * What a benchmark measured, as plain data: one record per measurement. `schema` names the version; fields are only ever added.
 */

/**
 * - `load`: importing the engine and setting it up; for a later network the engine is in the process already
 * - `compile`: from a graph and weights in memory to a program that can run
 * - `first-run`: the first image after that
 * - `warm`: one run when times no longer fall
 */
export type Phase = 'load' | 'compile' | 'first-run' | 'warm';

/** One phase of one candidate on one network. Times of `load`, `compile` and `first-run` are single values. */
export interface Measurement {
  /** The backend id; for a peer, its package. */
  readonly candidate: string;
  readonly kind: 'ours' | 'peer';
  /** Engine and version. */
  readonly engine: string;
  readonly device: string;
  readonly threads: number;
  readonly variant: string;
  readonly precision: 'f32';
  readonly batch: number;
  readonly phase: Phase;
  readonly samples: number;
  /** The median of the medians of turns. */
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  /** 95 % confidence interval of the median, over the turns of a candidate; the median itself where there is one sample. */
  readonly ciLowMs: number;
  readonly ciHighMs: number;
  /** How many samples lie far from the median. They are counted, never left out. */
  readonly outliers: number;
  /** Warm runs: images per second at the median. */
  readonly imagesPerSecond?: number;
}

/** Memory after a candidate compiled a network and ran it. */
export interface MemoryRecord {
  readonly candidate: string;
  readonly variant: string;
  /** Bytes that the program itself says it holds. */
  readonly programBytes: number;
  /** Growth of the process since before the candidate was created; undefined where the platform does not tell. */
  readonly processBytes?: number;
}

export type Verdict = 'faster' | 'slower' | 'no difference shown';

/** How many times as fast `a` is as `b`: median time of b over median time of a. A verdict needs an interval without 1. */
export interface Comparison {
  readonly variant: string;
  readonly batch: number;
  readonly a: string;
  readonly b: string;
  readonly ratio: number;
  readonly ciLow: number;
  readonly ciHigh: number;
  readonly verdict: Verdict;
}

/** A candidate that was not timed, or not at every batch size, and why. */
export interface Refusal {
  readonly candidate: string;
  readonly variant: string;
  readonly reason: string;
}

export interface BenchmarkReport {
  readonly schema: 'alexnet-benchmark/1';
  readonly seed: number;
  readonly measurements: readonly Measurement[];
  readonly memory: readonly MemoryRecord[];
  readonly comparisons: readonly Comparison[];
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly string[];
}
