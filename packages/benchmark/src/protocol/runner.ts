import type { Backend, Program, RunOptions } from '@alexnet/core';
import type { Subject } from '../records.ts';
import { type Candidate, precisionOf } from './workload.ts';

/** A candidate that compiled a network and passed the gate. */
export interface Runner {
  readonly candidate: Candidate;
  readonly backend: Backend;
  readonly program: Program;
}

/** What records say of a candidate. */
export function recordedAs(candidate: Candidate): Subject {
  return { candidate: candidate.id, precision: precisionOf(candidate) };
}

/** Disposes each, in order, even when one cannot be; returns what went wrong. */
export async function release(resources: readonly AsyncDisposable[]): Promise<string[]> {
  const problems: string[] = [];
  for (const resource of resources) {
    try {
      await resource[Symbol.asyncDispose]();
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  return problems;
}

export async function timed<T>(now: () => number, work: () => Promise<T>): Promise<[T, number]> {
  const start = now();
  const result = await work();
  return [result, now() - start];
}

export function signalOf(signal: AbortSignal | undefined): RunOptions {
  return signal === undefined ? {} : { signal };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
