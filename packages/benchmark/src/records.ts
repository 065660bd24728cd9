import type { ProgramPrecision } from '@alexnet/core';

/*
 * What a benchmark measured, as plain data: one record per measurement. `schema` names the version; fields are only ever added.
 */

/** What was timed. */
export interface Subject {
  /** The backend id; for a peer, its package. */
  readonly candidate: string;
  /** How it stores the weights of linear layers. */
  readonly precision: ProgramPrecision;
}

/** The candidate by its id, with the precision where it is not f32: `webgpu q8`. */
export function labelOf({ candidate, precision }: Subject): string {
  return precision === 'f32' ? candidate : `${candidate} ${precision}`;
}

/**
 * - `load`: importing the engine and setting it up; for a later network the engine is in the process already
 * - `compile`: from a graph and weights in memory to a program that can run
 * - `arriving`: the same while the weights are still on their way, from opening their source; the engine has compiled this network before
 * - `first-run`: the first image after that
 * - `warm`: one run when times no longer fall
 */
export type Phase = (typeof phases)[number];

export const phases = ['load', 'compile', 'arriving', 'first-run', 'warm'] as const;

/** One phase of one candidate on one network. All but `warm` are single values. */
export interface Measurement extends Subject {
  readonly kind: 'ours' | 'peer';
  /** Engine and version. */
  readonly engine: string;
  readonly device: string;
  readonly threads: number;
  readonly variant: string;
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
export interface MemoryRecord extends Subject {
  readonly variant: string;
  /** Bytes that the program itself says it holds: on the host and on the device together, and on the device, which is 0 where the two are one. */
  readonly programBytes: number;
  readonly deviceBytes?: number;
  /** Growth of the process since before the candidate was created; undefined where the platform does not tell. */
  readonly processBytes?: number;
}

export type Verdict = 'faster' | 'slower' | 'no difference shown';

/** How many times as fast `a` is as `b`: median time of b over median time of a. A verdict needs an interval without 1. */
export interface Comparison {
  readonly variant: string;
  readonly batch: number;
  readonly a: string;
  readonly aPrecision: ProgramPrecision;
  readonly b: string;
  readonly bPrecision: ProgramPrecision;
  readonly ratio: number;
  readonly ciLow: number;
  readonly ciHigh: number;
  readonly verdict: Verdict;
}

/** Both sides of a comparison, labelled. */
export function pairOf({ a, aPrecision, b, bPrecision }: Comparison): readonly [string, string] {
  return [labelOf({ candidate: a, precision: aPrecision }), labelOf({ candidate: b, precision: bPrecision })];
}

/** A candidate that was not timed, or not at every batch size, and why. */
export interface Refusal extends Subject {
  readonly variant: string;
  readonly reason: string;
}

/** A network on a backend, beside the least time that the backend could take for it on this machine. */
export interface RooflineRecord extends Subject {
  readonly variant: string;
  readonly batch: number;
  /** What the backend reaches at best, measured through itself: reading weights, multiply-accumulates. */
  readonly bytesPerSecond: number;
  readonly macsPerSecond: number;
  /** All layers at these rates, each by whichever of the two takes it longer. */
  readonly floorMs: number;
  /** `floorMs` over the median of a run; above 1 where the network does better than what was taken for the best. Absent where a run took no time. */
  readonly share?: number;
}

/** What one layer took on the device, or several that run as one (names joined with `+`), as the backend itself timed them. */
export interface LayerRecord extends Subject {
  readonly variant: string;
  readonly batch: number;
  readonly nodes: string;
  readonly ms: number;
  /** The least it could take, where rates were measured and it has weights, and what holds it up then. */
  readonly floorMs?: number;
  readonly bound?: 'memory' | 'arithmetic';
}

/** Throughput at one batch size. */
export interface SaturationStep {
  readonly batch: number;
  readonly imagesPerSecond: number;
}

/** The smallest batch at which a candidate comes within 5 % of its highest throughput. Timed alone, not in turns: it compares a candidate with itself. */
export interface SaturationRecord extends Subject, SaturationStep {
  readonly variant: string;
  /** Why the search ended; where throughput still grew, there may be more. */
  readonly ended: string;
  /** All batch sizes that were tried, each twice the one before. */
  readonly steps: readonly SaturationStep[];
}

/** How long weights take to come here, without any backend: until the source has given everything, each shard verified. */
export interface DeliveryRecord {
  readonly variant: string;
  /** A server, with nothing kept; the cache of an earlier time; files; memory, where all that is left is to verify and parse. */
  readonly from: 'network' | 'cache' | 'folder' | 'memory';
  readonly bytes: number;
  readonly samples: number;
  readonly p50Ms: number;
  /** 95 % interval of the median; below 6 samples the range. */
  readonly ciLowMs: number;
  readonly ciHighMs: number;
}

/** What a backend sends over the network before it can run, without weights: its JavaScript and WebAssembly. */
export interface Shipped {
  /** The backend id. */
  readonly candidate: string;
  readonly rawBytes: number;
  /** The same as servers send it, compressed with gzip. */
  readonly gzipBytes?: number;
}

/** How quiet the machine was while one network was timed at one batch size. */
export interface NoiseRecord {
  readonly variant: string;
  readonly batch: number;
  /** A fixed loop of arithmetic, once per round: its median, and from its 10th to its 90th percentile as a share of that. */
  readonly spinMs: number;
  readonly spinSpread: number;
  /** How many times as long the last third of the rounds took as the first; the median over candidates. */
  readonly drift: number;
  /** The share of runs that lie far from the median of their candidate. */
  readonly outlierShare: number;
}

export interface BenchmarkReport {
  readonly schema: 'alexnet-benchmark/1';
  readonly seed: number;
  /** The smallest step of the clock; shorter times are 0 or one step. */
  readonly clockStepMs?: number;
  readonly measurements: readonly Measurement[];
  readonly memory: readonly MemoryRecord[];
  readonly comparisons: readonly Comparison[];
  readonly refusals: readonly Refusal[];
  readonly noise?: readonly NoiseRecord[];
  readonly rooflines?: readonly RooflineRecord[];
  readonly layers?: readonly LayerRecord[];
  readonly saturations?: readonly SaturationRecord[];
  readonly deliveries?: readonly DeliveryRecord[];
  /** Of backends that state it. */
  readonly shipped?: readonly Shipped[];
  readonly warnings: readonly string[];
}
