import type { Examination, Finding, Speed } from './choice.ts';
import { largestShare } from './expected.ts';
import { bytes, met, ms, type Requirements } from './requirements.ts';

type Candidate = Finding & { readonly speed: Speed };

/**
 * The fastest of those that are right and lack nothing. Where intervals overlap, speed does not decide: then the one that
 * brings the fewest bytes, or where that is not known, the first in the caller's order.
 */
export function decide(
  findings: readonly Finding[],
  requirements: Requirements,
): Pick<Examination, 'chosen' | 'reasons' | 'runnerUp'> {
  const ranked = rank(
    findings.filter((finding): finding is Candidate => finding.lacks.length === 0 && finding.speed !== undefined),
  );
  const [chosen] = ranked;
  if (chosen === undefined) return { reasons: [] };
  const [, runnerUp] = ranked;
  return {
    chosen: chosen.backend,
    reasons: [...whyRight(chosen), ...whyFirst(chosen, ranked), ...whySuitable(chosen, requirements)],
    ...(runnerUp === undefined ? {} : { runnerUp: runnerUp.backend }),
  };
}

/** The best first; what cannot be told from the best in speed comes before what can. */
function rank(candidates: readonly Candidate[]): Candidate[] {
  const bySpeed = candidates.toSorted((a, b) => a.speed.p50Ms - b.speed.p50Ms);
  const [fastest] = bySpeed;
  if (fastest === undefined) return [];
  const tied = candidates.filter((other) => overlap(other, fastest));
  const first = lightest(tied);
  return [first, ...bySpeed.filter((other) => other !== first)];
}

function overlap(a: Candidate, b: Candidate): boolean {
  return a.speed.ciLowMs <= b.speed.ciHighMs && b.speed.ciLowMs <= a.speed.ciHighMs;
}

function lightest(tied: readonly Candidate[]): Candidate {
  const known = tied.every(({ download }) => download !== undefined);
  return known ? tied.toSorted((a, b) => a.download!.gzipBytes - b.download!.gzipBytes)[0]! : tied[0]!;
}

function whyRight({ backend, correctness }: Candidate): string[] {
  if (correctness === undefined) return [];
  const share = (100 * largestShare(correctness)).toPrecision(2);
  return [`${backend} is right: it takes at most ${share} % of the error that is allowed in ${correctness.network}.`];
}

function whyFirst(chosen: Candidate, [, ...others]: readonly Candidate[]): string[] {
  const { speed } = chosen;
  const own = `${ms(speed.p50Ms)} (${ms(speed.ciLowMs)} to ${ms(speed.ciHighMs)}) for one run of ${speed.network}`;
  const tied = others.filter((other) => overlap(other, chosen));
  const slower = others.find((other) => !tied.includes(other));
  if (others.length === 0) return [`It is the only one here that can be used. It takes ${own}.`];
  return [
    ...(tied.length === 0
      ? [`It is the fastest of ${others.length + 1}: ${own}.`]
      : [`It takes ${own}.`, whyTied(chosen, tied)]),
    ...(slower === undefined
      ? []
      : [
          `${slower.backend} takes ${ms(slower.speed.p50Ms)}, ${(slower.speed.p50Ms / speed.p50Ms).toFixed(1)} times as long.`,
        ]),
  ];
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
