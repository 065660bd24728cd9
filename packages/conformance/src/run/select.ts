import { AlexNetError } from '@alexnet/core';
import type { Check } from '../report/report.ts';
import { matches } from './pattern.ts';

/** What is known of a check before it runs. */
export type CheckFacts = Pick<
  Check,
  'id' | 'suite' | 'name' | 'why' | 'op' | 'precision' | 'variant' | 'image' | 'layer'
>;

/** Which checks to run: ids, of which `*` at the end stands for any rest (`op/lrn/*`), or a function that says it of each. */
export type Selection = readonly string[] | ((check: CheckFacts) => boolean);

/**
 * The selected ones of all checks, in their order.
 * Errors: `unknown-name` for a pattern that matches no check, with ids like it, and for a function that takes none.
 */
export function selectChecks<C extends CheckFacts>(checks: readonly C[], selection: Selection): readonly C[] {
  if (typeof selection === 'function') {
    const taken = checks.filter((check) => selection(check));
    if (taken.length > 0) return taken;
    throw nothing('The function matches no check', `It was asked about ${checks.length}.`);
  }
  for (const pattern of selection) {
    if (checks.some(({ id }) => matches(pattern, id))) continue;
    const near = nearest(
      pattern,
      checks.map(({ id }) => id),
    );
    throw nothing(
      `${JSON.stringify(pattern)} matches no check`,
      near.length === 0
        ? 'No check is part of this run: look at its suites.'
        : `Ids like it: ${near.join(', ')}. \`*\` at the end stands for any rest.`,
    );
  }
  return checks.filter(({ id }) => selection.some((pattern) => matches(pattern, id)));
}

function nothing(message: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'unknown-name', message, fix, where: 'option select' });
}

const NEAR_IDS = 4;

/** The few ids that are most like a pattern. One that ends with `*` is compared with the beginnings of ids. */
function nearest(pattern: string, ids: readonly string[]): string[] {
  const stem = pattern.replace(/\*+$/, '');
  const likeness = (id: string) => distance(stem, stem === pattern ? id : id.slice(0, stem.length));
  return ids
    .map((id) => ({ id, far: likeness(id) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, NEAR_IDS)
    .map(({ id }) => id);
}

/** How many characters must be put in, left out or changed (Levenshtein 1966). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1)!;
}
