import type { OracleStore } from '@alexnet/conformance';
import type { Tensor, Variant } from '@alexnet/core';

/** A photograph as a network expects it: a tensor [1, ...]. */
export interface NamedInput {
  readonly name: string;
  readonly tensor: Tensor;
}

/** Shows how far long work is: `done` of `total`, and how many seconds it will take; a label alone where the end is not known. */
export interface ProgressBar {
  update(label: string, done?: number, total?: number, secondsLeft?: number): void;
}

/** What a run needs of the place where it happens, in Node or in a page: the runs themselves are the same. */
export interface Host {
  readonly signal: AbortSignal;
  readonly progress: ProgressBar;
  /** One JSON document for scripts. */
  json(record: unknown): void;
  /** Something that people should know, and that stops nothing. */
  note?(text: string): void;
  /** Keeps what the oracle computes, where it may be kept. */
  readonly oracleStore?: OracleStore;
  /** The photographs, preprocessed for a variant, always in the same order. */
  inputsOf(variant: Pick<Variant, 'id' | 'preprocessing'>): Promise<readonly NamedInput[]>;
}
