import type { Availability, Capabilities, Download, Environment } from '../backend/backend.ts';

/*
 * What was found out of backends, and which to use: plain data, which survives JSON.
 */

/** One value of a network against the oracle's, in the 2-norm, relative to the oracle's. */
export interface CheckedLayer {
  readonly name: string;
  /** Null where a value is no finite number. */
  readonly error: number | null;
  readonly allowed: number;
}

/** Whether the numbers are right, by real runs. */
export interface Correctness {
  /** The network that ran. */
  readonly network: string;
  readonly passed: boolean;
  readonly layers: readonly CheckedLayer[];
}

/** How long one run takes, in turns with the others. */
export interface Speed {
  /** The network that ran. */
  readonly network: string;
  /** Median over turns, with its 95 % interval; below 6 turns the range. */
  readonly p50Ms: number;
  readonly ciLowMs: number;
  readonly ciHighMs: number;
  /** Per turn; the n-th turns of all candidates were in the same round. */
  readonly turnsMs: readonly number[];
}

/** What was found out of one provider. */
export interface Finding {
  readonly backend: string;
  /**
   * `ok`: right, and nothing holds it back. `warn`: not here, a slow substitute, not what was asked for, or held back by something.
   * `fail`: it broke, hung, gave wrong numbers, or is not what it says.
   */
  readonly status: 'ok' | 'warn' | 'fail';
  /** Why it cannot be chosen, one sentence each. None: it can. */
  readonly lacks: readonly string[];
  /** What was seen, one sentence each. */
  readonly evidence: readonly string[];
  /** What to do about it, imperatives. */
  readonly prescriptions: readonly string[];
  readonly availability?: Availability;
  readonly environment?: Environment;
  readonly capabilities?: Capabilities;
  readonly download?: Download;
  readonly correctness?: Correctness;
  readonly speed?: Speed;
}

/** What was found out of all providers, in their order, and which of them to use. */
export interface Examination {
  readonly schema: 'alexnet-choice/1';
  readonly findings: readonly Finding[];
  /** The backend to use; undefined where none is right and meets the requirements. */
  readonly chosen?: string;
  /** Why that one, one sentence each. */
  readonly reasons: readonly string[];
  /** What would be used without it. */
  readonly runnerUp?: string;
  /** When it was measured, ISO 8601, by the caller's clock. */
  readonly measuredAt: string;
  /** Whether it was measured before, and kept. */
  readonly cached: boolean;
}

/** An examination that ended with a backend to use. */
export type Choice = Examination & { readonly chosen: string };
