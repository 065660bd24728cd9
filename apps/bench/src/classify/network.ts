import type { Variant, Weights } from '@alexnet/core';

/** A network with its weights, as the page holds it and hands it to backends. Plain data: it goes through `postMessage`. */
export interface Network {
  /** Where it is from, for people: a file's name. */
  readonly name: string;
  readonly variant: Variant;
  /** Names of the classes by index; undefined where nobody knows them. */
  readonly labels: readonly string[] | undefined;
  /**
   * In shared memory where the page is isolated: then every backend reads this one copy. Elsewhere each worker is sent a copy, which it lets go
   * of when its program has the weights.
   */
  readonly weights: Weights;
  /** What was read, as pairs of term and text. */
  readonly facts: readonly (readonly [term: string, text: string])[];
  /** What a person must know to take the results for what they are: few classes, values that are no numbers. */
  readonly warnings: readonly string[];
  /** It wants its images prepared otherwise than its variant does, as its manifest says. */
  readonly ownPreprocessing?: boolean;
}
