import type { CheckDefinition } from '../run/check.ts';
import { fuzzChecks, type PropertyOptions } from './fuzz.ts';
import { lawChecks } from './laws.ts';

export type { PropertyOptions } from './fuzz.ts';

/** Laws that results must obey whatever they are, and random shapes and attributes against the oracle. */
export function propertyChecksFor(options: PropertyOptions = {}): readonly CheckDefinition[] {
  return [...lawChecks, ...fuzzChecks(options)];
}
