import { isPresent } from './record.mjs';

/*
 * What the table's cells have no room for, as sentences.
 */

/** @typedef {import('./record.mjs').Place} Place */

/** @param {readonly Place[]} places */
export function absences(places) {
  return places.flatMap(({ name, backends }) =>
    backends.flatMap((entry) =>
      isPresent(entry) ? [] : [`\`${entry.backend}\` is not available in ${name}: ${sentence(entry.missing)}`],
    ),
  );
}

/** @param {readonly Place[]} places */
export function problems(places) {
  return places.flatMap(({ name, backends }) =>
    backends
      .filter(isPresent)
      .flatMap(({ backend, problems: all }) => all.map((one) => `\`${backend}\` in ${name}, ${sentence(one)}`)),
  );
}

/** How many failed checks are named: enough to see what is wrong; the suite's own report has them all. */
const NAMED = 3;

/** @param {readonly Place[]} places */
export function failures(places) {
  return places.flatMap(({ name, backends }) =>
    backends.filter(isPresent).flatMap(({ backend, conformance }) => {
      const ids = (conformance?.failures ?? []).map((id) => `\`${id}\``);
      if (ids.length === 0) return [];
      const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : '';
      return [`\`${backend}\` in ${name} fails ${ids.slice(0, NAMED).join(', ')}${more}.`];
    }),
  );
}

/** One line for all that the same backends skip. @param {readonly Place[]} places */
export function skips(places) {
  const skipped = places
    .flatMap(({ backends }) => backends.filter(isPresent))
    .flatMap(({ backend, conformance }) =>
      (conformance?.skipped ?? []).map((skip) => ({ backend: `\`${backend}\``, reason: reasonOf(skip) })),
    );
  const byReason = grouped(skipped, ({ reason }) => reason);
  const lines = [...byReason].map(([reason, all]) => ({
    reason,
    backends: [...new Set(all.map(({ backend }) => backend))].join(', '),
  }));
  return [...grouped(lines, ({ backends }) => backends)].map(
    ([backends, all]) => `Skipped on ${backends}: ${sentence(all.map(({ reason }) => reason).join('; '))}`,
  );
}

/** Most skips are for a capability that a backend does not declare: said in few words. @param {import('./record.mjs').Skip} skip */
function reasonOf({ reason, issue }) {
  const [, precision, capability] = /^The backend does not declare (?:the precision (\w+)|(\w+))/.exec(reason) ?? [];
  if (precision !== undefined) return `no ${precision} weights`;
  if (capability === 'strictNonFinite') return 'no promise for NaN and infinities';
  if (capability !== undefined) return `no ${capability}`;
  return issue === undefined ? reason : `${reason.replace(/\.$/, '')} (${issue})`;
}

/** @param {string} text */
function sentence(text) {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 * @returns {Map<string, T[]>} in the order in which keys first appear
 */
function grouped(items, keyOf) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
