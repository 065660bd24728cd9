/*
 * From what the `alexnet` command answered to one entry of platforms.json. Nothing here runs anything.
 */

/** @typedef {import('./record.mjs').Present} Present */
/** @typedef {import('./record.mjs').Absent} Absent */

/**
 * @typedef {object} Answer What one call of the command gave.
 * @property {readonly any[]} records its JSON lines
 * @property {string} error what it complained of; empty when it ran to the end
 *
 * @typedef {object} Answers About one backend.
 * @property {string} backend
 * @property {Answer} conform
 * @property {Answer} bench may be about other backends too
 * @property {boolean} substitute
 * @property {any} [probed] its record of `alexnet backends`, where there is one
 */

/**
 * @param {Answers} answers
 * @returns {Present | Absent}
 */
export function entryOf({ backend, conform, bench, substitute, probed }) {
  const missing = missingReason(backend, probed, conform);
  if (missing !== undefined) return { backend, missing };
  /** @param {string} kind */
  const mine = (kind) => bench.records.filter((one) => one.record === kind && one.candidate === backend);
  const measurements = mine('measurement');
  const conformance = summaryOf(conform);
  const { engine = 'unknown', device = 'unknown', threads = 1 } = measurements[0] ?? probed?.environment ?? {};
  return {
    backend,
    engine: withoutPlace(engine),
    device: withoutPlace(device),
    threads,
    substitute,
    ...(conformance === undefined ? {} : { conformance }),
    timings: measurements
      .filter(({ phase }) => phase === 'warm')
      .map(({ variant, batch, samples, p50Ms, ciLowMs, ciHighMs }) => ({
        ...{ variant, batch, samples },
        ...{ p50Ms: rounded(p50Ms), ciLowMs: rounded(ciLowMs), ciHighMs: rounded(ciHighMs) },
      })),
    starts: mine('memory').map(({ variant, programBytes }) => {
      /** @param {string} phase */
      const once = (phase) => measurements.find((one) => one.variant === variant && one.phase === phase).p50Ms;
      return {
        variant,
        compileMs: rounded(once('compile')),
        firstRunMs: rounded(once('first-run')),
        bytes: programBytes,
      };
    }),
    problems: [
      ...(conformance === undefined ? [`conform: ${conform.error}`] : []),
      ...mine('refusal').map(({ variant, reason }) => `${variant}: ${reason}`),
      ...(measurements.length === 0 && bench.error !== '' ? [`bench: ${bench.error}`] : []),
    ],
  };
}

/** In a page nothing but the refusal to run says that a backend is not there.
 * @param {string} backend @param {any} probed @param {Answer} conform */
function missingReason(backend, probed, { error }) {
  if (probed?.available === false) return probed.detail;
  const refusal = `The backend ${backend} is not available here: `;
  return error.startsWith(refusal) ? error.slice(refusal.length) : undefined;
}

/** The last record of `alexnet conform`, when it came that far.
 * @param {Answer} conform */
function summaryOf({ records }) {
  const last = records.at(-1);
  if (!Array.isArray(last?.skipped)) return undefined;
  return {
    passed: last.passed,
    failed: last.failed,
    failures: records.filter(({ status }) => status === 'failed').map(({ id }) => id),
    skipped: last.skipped.map((/** @type {any} */ { reason, tests, issue }) => ({
      reason,
      tests: tests.length,
      ...(issue === undefined ? {} : { issue }),
    })),
  };
}

/** `onnxruntime-web 1.30.0 in Chromium 147.0.7727.0` without the place, which is said once.
 * @param {string} text */
function withoutPlace(text) {
  return text.replace(/ in (?:Node|Chromium|the browser)\b.*$/, '');
}

/** Four digits: more would say what a run cannot know.
 * @param {number} ms */
function rounded(ms) {
  return Number(ms.toPrecision(4));
}
