import type { Examination, Finding, Speed } from './choice.ts';
import { largestShare } from './expected.ts';
import { bytes, met, ms, type Requirements } from './requirements.ts';
import { medianInterval } from './statistics.ts';

type Candidate = Finding & { readonly speed: Speed };

/**
 * The fastest of those that are right and lack nothing. Where no difference in speed was shown, speed does not decide: then the one that
 * brings the fewest bytes, or where that is not known, the first in the caller's order.
 */
export function decide(
  findings: readonly Finding[],
  requirements: Requirements,
): Pick<Examination, 'chosen' | 'reasons' | 'runnerUp'> {
  const candidates = findings.filter(
    (finding): finding is Candidate => finding.lacks.length === 0 && finding.speed !== undefined,
  );
  const bySpeed = candidates.toSorted((a, b) => a.speed.p50Ms - b.speed.p50Ms);
  const [fastest] = bySpeed;
  if (fastest === undefined) return { reasons: [] };
  const tied = candidates.filter((other) => !isSlower(other, fastest));
  const chosen = lightest(tied);
  const others = bySpeed.filter((other) => other !== chosen);
  const [runnerUp] = others;
  return {
    chosen: chosen.backend,
    reasons: [...whyRight(chosen), ...whyFirst(chosen, others, new Set(tied)), ...whySuitable(chosen, requirements)],
    ...(runnerUp === undefined ? {} : { runnerUp: runnerUp.backend }),
  };
}

/**
 * Whether one takes longer than another: the 95 % interval of the ratio of their turns, round by round, lies above 1. What slows the machine
 * down for a round slows both. Where one had too few turns for an interval, all of them must be longer than all of the other's.
 */
function isSlower(one: Candidate, other: Candidate): boolean {
  const [a, b] = [one.speed.turnsMs, other.speed.turnsMs];
  const rounds = Math.min(a.length, b.length);
  if (rounds < MIN_PAIRS) return Math.min(...a) > Math.max(...b);
  return medianInterval(a.slice(0, rounds).map((time, round) => time / b[round]!)).low > 1;
}

/** The range of fewer ratios is no 95 % interval of their median. */
const MIN_PAIRS = 6;

function lightest(tied: readonly Candidate[]): Candidate {
  const known = tied.every(({ download }) => download !== undefined);
  return known ? tied.toSorted((a, b) => a.download!.gzipBytes - b.download!.gzipBytes)[0]! : tied[0]!;
}

function whyRight({ backend, correctness }: Candidate): string[] {
  if (correctness === undefined) return [];
  const share = (100 * largestShare(correctness)).toPrecision(2);
  return [`${backend} is right: it takes at most ${share} % of the error that is allowed in ${correctness.network}.`];
}

function whyFirst(chosen: Candidate, others: readonly Candidate[], tied: ReadonlySet<Candidate>): string[] {
  const { speed } = chosen;
  const own = `${ms(speed.p50Ms)} (${ms(speed.ciLowMs)} to ${ms(speed.ciHighMs)}) for one run of ${speed.network}`;
  if (others.length === 0) return [`It is the only one here that can be used. It takes ${own}.`];
  const alike = others.filter((other) => tied.has(other));
  const slower = others.find((other) => !tied.has(other));
  return [
    ...(alike.length === 0
      ? [`It is the fastest of ${others.length + 1}: ${own}.`]
      : [`It takes ${own}.`, whyTied(chosen, alike)]),
    ...(slower === undefined ? [] : [timesAsLong(slower, chosen)]),
  ];
}

function timesAsLong(slower: Candidate, { speed }: Candidate): string {
  const times = (slower.speed.p50Ms / speed.p50Ms).toFixed(1);
  return `${slower.backend} takes ${ms(slower.speed.p50Ms)}, ${times} times as long.`;
}

function whyTied(chosen: Candidate, tied: readonly Candidate[]): string {
  const names = tied.map(({ backend }) => backend).join(' and ');
  const weights = [chosen, ...tied].map(({ download }) => download?.gzipBytes);
  const light = weights.every((weight): weight is number => weight !== undefined);
  const reason = light
    ? `brings the fewest bytes: ${bytes(weights[0]!)}, not ${weights.slice(1).map(bytes).join(' or ')}`
    : 'comes first in the order that was given';
  return `No difference in speed was shown to ${names}; it ${reason}.`;
}

function whySuitable({ download, speed, environment, backend }: Candidate, requirements: Requirements): string[] {
  const parts = met(requirements, { download, speed });
  return [
    ...(parts.length === 0 ? [] : [`It has what was asked for: ${parts.join(', ')}.`]),
    ...(environment?.fallback === true
      ? [`${backend} is a slow substitute (${environment.device}), which was allowed.`]
      : []),
  ];
}
