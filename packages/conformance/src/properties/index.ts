import type { CheckDefinition } from '../check.ts';

/** Laws that results must obey whatever they are, and random shapes and attributes against the oracle. */
export const propertyChecks: readonly CheckDefinition[] = [];
