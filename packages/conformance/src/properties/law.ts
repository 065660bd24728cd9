import type { OpName } from '@alexnet/core';
import type { Verdict } from '../numerics/compare.ts';
import type { Lab } from './lab.ts';

/** Something that results must obey whatever they are: two ways to the same numbers, both by the backend. */
export interface Law {
  /** `conv2d/groups`: the op and what it is about. */
  readonly slug: string;
  /** The ops that it takes; the first is the one that is judged. */
  readonly ops: readonly [OpName, ...OpName[]];
  /** What must hold, as a sentence. */
  readonly name: string;
  readonly why: string;
  /** Whether the law is about NaN. */
  readonly nonFinite?: true;
  check(lab: Lab): Promise<Verdict>;
}
