import type { BackendReport } from '@alexnet/conformance';
import type { ProgramPrecision } from '@alexnet/core';
import type { BenchmarkReport, Measurement } from '../records.ts';
import { chosenFrom } from './chosen.ts';
import { sentenceOf } from './sentence.ts';
import { type Versus, versusOf } from './versus.ts';

export interface AdviceInput {
  /** Of all backends that may be recommended. Not given at all, passing the benchmark's own gate is enough, and the sentence claims no more. */
  readonly conformance?: readonly BackendReport[];
  readonly benchmark: BenchmarkReport;
}

/** Which backend to use for one network at one batch size. Precisions compute different things, so each has advice of its own. */
export interface Advice {
  readonly variant: string;
  readonly batch: number;
  readonly precision: ProgramPrecision;
  /**
   * Ids of backends, lowest median first. One: it is shown to be faster than every other. Several: the first is not shown to be faster than the
   * rest, so any will do. None: nothing that may be recommended was timed.
   */
  readonly use: readonly string[];
  /** The first of `use` beside the next best. */
  readonly runnerUp?: Versus;
  /** The first of `use` beside the fastest peer, which is never recommended: it runs no graph but its own. */
  readonly peer?: Versus;
  /** Backends that were timed or refused and may not be recommended, and why. */
  readonly excluded: readonly { readonly candidate: string; readonly reason: string }[];
  /** All of that in one sentence. */
  readonly sentence: string;
}

/**
 * What may be recommended, and what is claimed of it: a backend of ours that conforms, and is faster than all others with an interval of the ratio
 * above 1. Peers are mentioned, never recommended.
 */
export function adviceOf({ conformance, benchmark }: AdviceInput): Advice[] {
  const warm = benchmark.measurements.filter(({ phase }) => phase === 'warm');
  return groupsOf(warm).map((timed) => adviceFor(timed, { conformance, benchmark }));
}

/** Measurements of the same network, batch size and precision, each candidate once. */
function groupsOf(warm: readonly Measurement[]): Measurement[][] {
  const groups = new Map<string, Measurement[]>();
  for (const measurement of warm.filter(({ kind }) => kind === 'ours')) {
    const key = JSON.stringify([measurement.variant, measurement.batch, measurement.precision]);
    groups.set(key, [...(groups.get(key) ?? []), measurement]);
  }
  return [...groups.values()];
}

function adviceFor(
  timed: readonly Measurement[],
  { conformance, benchmark }: { readonly conformance: AdviceInput['conformance']; readonly benchmark: BenchmarkReport },
): Advice {
  const { variant, batch, precision } = timed[0]!;
  const reasons = new Map(timed.map(({ candidate }) => [candidate, whyNot(candidate, conformance)]));
  const able = timed
    .filter(({ candidate }) => reasons.get(candidate) === undefined)
    .toSorted((a, b) => a.p50Ms - b.p50Ms);
  const versus = versusOf(benchmark.comparisons, { variant, batch });
  const peers = benchmark.measurements.filter(
    (m) => m.kind === 'peer' && m.phase === 'warm' && m.variant === variant && m.batch === batch,
  );
  const { use, runnerUp } = chosenFrom(able, versus);
  const fastestPeer = peers.toSorted((a, b) => a.p50Ms - b.p50Ms)[0];
  const peer = use[0] === undefined || fastestPeer === undefined ? undefined : versus(able[0]!, fastestPeer);
  const refused = benchmark.refusals.filter((r) => r.variant === variant && r.precision === precision);
  const excluded = [
    ...[...reasons].flatMap(([candidate, reason]) => (reason === undefined ? [] : [{ candidate, reason }])),
    ...refused
      .filter(({ candidate }) => !reasons.has(candidate))
      .map((refusal) => ({ candidate: refusal.candidate, reason: `was refused: ${refusal.reason}` })),
  ];
  const advice = {
    variant,
    batch,
    precision,
    use,
    ...(runnerUp === undefined ? {} : { runnerUp }),
    ...(peer === undefined ? {} : { peer }),
    excluded,
  };
  return { ...advice, sentence: sentenceOf(advice, { suite: conformance !== undefined }) };
}

/** Why a backend may not be recommended; undefined when it may. */
function whyNot(candidate: string, conformance: AdviceInput['conformance']): string | undefined {
  if (conformance === undefined) return undefined;
  const reports = conformance.filter(({ backend }) => backend.id === candidate);
  const sum = (of: 'passed' | 'failed') => reports.reduce((total, { summary }) => total + summary[of], 0);
  if (sum('failed') > 0) return `does not conform: ${sum('failed')} of ${sum('passed') + sum('failed')} checks failed`;
  return sum('passed') === 0 ? 'was not checked' : undefined;
}
