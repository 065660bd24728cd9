import { absences, failures, problems, skips } from './notes.mjs';
import { isPresent, variants } from './record.mjs';

/*
 * platforms.json as Markdown. The same record gives the same text, so that a check can tell whether the README shows it.
 */

/** @typedef {import('./record.mjs').Platforms} Platforms */
/** @typedef {import('./record.mjs').Place} Place */
/** @typedef {import('./record.mjs').Present} Present */

/** The benchmark gives every backend as many turns, but for slow ones: their interval is the range of what was measured. */
const FEW_RUNS = 9;

const columns = /** @type {const} */ ([
  { title: 'in', right: false },
  { title: 'backend', right: false },
  { title: 'engine', right: false },
  { title: 'device × threads', right: false },
  { title: 'checks passed / failed / skipped', right: true },
  { title: 'BVLC, ms', right: true },
  { title: 'torchvision, ms', right: true },
  { title: 'images/s at 8', right: true },
  { title: 'first run, ms', right: true },
  { title: 'holds, MB', right: true },
]);

/** @param {Platforms} platforms */
export function renderPlatforms(platforms) {
  const { places } = platforms;
  const rows = places.flatMap((place) => bySpeed(place).map((entry) => rowOf(place, entry)));
  const parts = [
    caption(platforms),
    table(rows),
    legend(rows),
    [...failures(places), ...problems(places), ...absences(places), ...skips(places)]
      .map((line) => `- ${line}`)
      .join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** @param {Platforms} platforms */
function caption({ machine, places }) {
  const where = places.map(({ name, version }) => `${name} ${version}`).join(' and headless ');
  const software = places.flatMap(({ backends }) =>
    backends.filter(isPresent).filter(({ substitute, device }) => substitute && !/javascript/i.test(device)),
  );
  const adapters = unique(software.map(({ device }) => short(device))).join('; ');
  return [
    `Measured on ${machine.cores} cores of ${anOrA(machine.processor)} (${machine.system}), in ${where}.`,
    ...(software.length === 0
      ? []
      : [
          `There is no GPU: ${unique(software.map(({ backend }) => `\`${backend}\``)).join(', ')} ran in software (${adapters}), which says nothing of their speed on a GPU.`,
        ]),
  ].join(' ');
}

/** Fastest first; those without a time last, in the order of the record. @param {Place} place */
function bySpeed({ backends }) {
  /** @param {Present} entry */
  const speed = (entry) => timing(entry, variants[0], 1)?.p50Ms ?? Number.POSITIVE_INFINITY;
  return backends.filter(isPresent).sort((a, b) => {
    const [left, right] = [speed(a), speed(b)];
    return left === right ? 0 : left - right; // not Infinity - Infinity
  });
}

/** @param {Place} place @param {Present} entry */
function rowOf({ name }, entry) {
  const { backend, engine, device, threads, conformance } = entry;
  const start = entry.starts.find(({ variant }) => variant === variants[0]);
  return [
    name,
    `\`${backend}\``,
    engine.replaceAll('@tensorflow/', ''),
    threads > 1 ? `${short(device)} × ${threads}` : short(device),
    conformance === undefined ? '-' : countsOf(conformance),
    ...variants.map((variant) => msWithInterval(timing(entry, variant, 1))),
    perSecond(variants.map((variant) => timing(entry, variant, 8))),
    start === undefined ? '-' : ms(start.firstRunMs),
    start === undefined ? '-' : (start.bytes / 1e6).toFixed(0),
  ];
}

/** WebGL names the layers of its driver one inside the other, far too long for a cell. @param {string} device */
function short(device) {
  const name = device.replace(/ANGLE \(.*SwiftShader.*\)/, 'SwiftShader');
  return name.length > 40 ? `${name.slice(0, 39).trimEnd()}…` : name;
}

/** @param {import('./record.mjs').Conformance} conformance */
function countsOf({ passed, failed, skipped }) {
  const left = skipped.reduce((sum, { tests }) => sum + tests, 0);
  return `${passed} / ${failed === 0 ? failed : `**${failed}**`} / ${left}`;
}

/** @param {Present} entry @param {string} variant @param {number} batch */
function timing({ timings }, variant, batch) {
  return timings.find((one) => one.variant === variant && one.batch === batch);
}

/** @param {import('./record.mjs').Timing | undefined} timed */
function msWithInterval(timed) {
  if (timed === undefined) return '-';
  const { p50Ms, ciLowMs, ciHighMs, samples } = timed;
  return `${ms(p50Ms)} (${ms(ciLowMs)} to ${ms(ciHighMs)})${samples < FEW_RUNS ? '\\*' : ''}`;
}

/** @param {readonly (import('./record.mjs').Timing | undefined)[]} timed of each variant */
function perSecond(timed) {
  if (timed.every((one) => one === undefined)) return '-';
  return timed.map((one) => (one === undefined ? '-' : ms((1000 * one.batch) / one.p50Ms))).join(', ');
}

/** @param {number} value */
function ms(value) {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** @param {readonly (readonly string[])[]} rows */
function table(rows) {
  return [columns.map(({ title }) => title), columns.map(({ right }) => (right ? '---:' : '---')), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

/** @param {readonly (readonly string[])[]} rows */
function legend(rows) {
  const few = rows.some((cells) => cells.some((cell) => cell.endsWith('\\*')));
  return [
    'Times are medians at batch 1 with their 95 % interval; images/s are at batch 8, for both networks; the first run and the memory are those of BVLC AlexNet.',
    ...(few ? [`\\* fewer than ${FEW_RUNS} runs: the range of what was measured.`] : []),
  ].join(' ');
}

/** @param {string} noun */
function anOrA(noun) {
  return `${/^[AEIOU]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** @param {readonly string[]} items */
function unique(items) {
  return [...new Set(items)];
}
