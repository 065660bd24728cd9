import type { CheckDefinition } from '../check.ts';
import { errorChecks } from './errors.ts';
import { resultChecks } from './results.ts';

/** What the Backend contract promises, checked on one small network. */
export const behaviourChecks: readonly CheckDefinition[] = [...resultChecks, ...errorChecks];
