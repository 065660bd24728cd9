import type { Environment, OpName, ProgramPrecision } from '@alexnet/core';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';

/*
 * What a conformance run found, as plain data: every report survives JSON.stringify and JSON.parse without loss.
 * Tables, HTML pages and scripts are made from this and nothing else.
 */

/** A number that JSON can carry. `numberOf` turns it back. */
export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity' | '-0';

export function jsonNumber(value: number): JsonNumber {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : (String(value) as JsonNumber);
}

export function numberOf(value: JsonNumber): number {
  return Number(value);
}

/**
 * `op`: one node against the oracle. `gradient`: its gradients. `property`: laws that results must obey, and random shapes. `behaviour`: the
 * Backend contract. `training`: whole trainings of a small network. `network`: a whole variant on a real image.
 */
export type Suite = 'op' | 'gradient' | 'property' | 'behaviour' | 'training' | 'network';

export const suites: readonly Suite[] = ['op', 'gradient', 'property', 'behaviour', 'training', 'network'];

export type Status = 'passed' | 'failed' | 'skipped';

/** The element that used most of its budget. */
export interface Worst {
  /** Its index in the tensor, batch first. */
  readonly index: readonly number[];
  readonly got: JsonNumber;
  /** The oracle's value, in float64. */
  readonly want: JsonNumber;
  /** `|got - want|` */
  readonly error: JsonNumber;
  /** The error that a correct kernel may make here. 0: must be exact. */
  readonly budget: JsonNumber;
  /** `error / budget`; above 1 fails. `Infinity` for an inexact value where it must be exact. */
  readonly ratio: JsonNumber;
}

/** One thing that was checked. */
export interface Check {
  /** Stable, unique in a report: `op/conv2d/groups/seeded`, `behaviour/repeatable`, `network/bvlc-alexnet/coffee/conv1`, `.../fc6/q8`. */
  readonly id: string;
  readonly suite: Suite;
  /** What must hold, as a sentence. */
  readonly name: string;
  /** Why it is checked: which mistake it would find. */
  readonly why: string;
  readonly status: Status;
  /** The op, of op cases and of layers. */
  readonly op?: OpName;
  /** How the weights of linear layers were stored, where not as f32; or `int8`. */
  readonly precision?: ProgramPrecision;
  /** The variant and the image, of networks. */
  readonly variant?: string;
  readonly image?: string;
  /** The node, of a layer of a network; absent for the check of a whole network, end to end. */
  readonly layer?: string;
  /** Of numeric checks: how many elements were compared, and the worst of them. */
  readonly elements?: number;
  readonly worst?: Worst;
  /** `worst.ratio`: the largest share of its budget that any element used. */
  readonly maxRatio?: JsonNumber;
  /** Why it failed or was skipped. */
  readonly reason?: string;
  /** Of a failure: where it is wrong, and the known mistake that explains it. */
  readonly diagnosis?: Diagnosis;
  /** Of a skip: where the trouble is tracked. */
  readonly issue?: string;
  readonly ms: number;
}

/** A measured value beside the largest that passes. */
export interface Bounded {
  readonly value: JsonNumber;
  readonly allowed: number;
}

/** One network on one image, from the image to the probabilities, with nothing given on the way. The verdict is the check of the same `id`. */
export interface EndToEnd {
  readonly id: string;
  readonly variant: string;
  readonly image: string;
  /** How the weights of linear layers were stored, where not as f32; or `int8`. */
  readonly precision?: ProgramPrecision;
  /** The class of the highest probability, by the oracle and by the backend. */
  readonly top1: { readonly want: number; readonly got: number; readonly agrees: boolean };
  /** The five (or fewer) most probable classes, highest first. They agree also when only classes too close to call changed places. */
  readonly top5: { readonly want: readonly number[]; readonly got: readonly number[]; readonly agrees: boolean };
  /** The largest difference of any class's probability. */
  readonly probability: Bounded;
  /** `||got - want|| / ||want||` of what softmax reads, in the 2-norm. */
  readonly logits: Bounded;
}

/** A reason for which tests were skipped, and which. */
export interface SkippedTests {
  readonly reason: string;
  /** Ids of checks. */
  readonly tests: readonly string[];
  /** Where the trouble is tracked. */
  readonly issue?: string;
}

/** `JSON.stringify(summary)` is what the command line prints last. */
export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTests[];
}

/** Everything that was found about one backend. */
export interface BackendReport {
  readonly backend: { readonly id: string; readonly environment: Environment };
  readonly checks: readonly Check[];
  readonly endToEnd: readonly EndToEnd[];
  readonly summary: Summary;
  readonly ms: number;
}

/** Adds the summaries of several backends up; the same reason becomes one entry. */
export function addSummaries(summaries: readonly Summary[]): Summary {
  const total = (of: (summary: Summary) => number) => summaries.reduce((sum, summary) => sum + of(summary), 0);
  const byReason = new Map<string, SkippedTests>();
  for (const entry of summaries.flatMap(({ skipped }) => skipped)) {
    const key = JSON.stringify([entry.reason, entry.issue]);
    const tests = new Set([...(byReason.get(key)?.tests ?? []), ...entry.tests]);
    byReason.set(key, { ...entry, tests: [...tests] });
  }
  return {
    passed: total(({ passed }) => passed),
    failed: total(({ failed }) => failed),
    skipped: [...byReason.values()],
  };
}
