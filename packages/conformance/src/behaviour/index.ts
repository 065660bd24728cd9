import { explained } from '../diagnosis/behaviour/explained.ts';
import type { CheckDefinition } from '../run/check.ts';
import { errorChecks } from './errors.ts';
import { leakChecks } from './leaks.ts';
import { lifetimeChecks } from './lifetime.ts';
import { ownershipChecks } from './ownership.ts';
import { resultChecks } from './results.ts';

/** What the Backend contract promises, checked on one small network. */
export const behaviourChecks: readonly CheckDefinition[] = [
  ...resultChecks,
  ...ownershipChecks,
  ...errorChecks,
  ...leakChecks,
  ...lifetimeChecks,
].map(explained);
