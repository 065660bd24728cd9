import type { BackendOptions, BackendProvider } from '../backend/backend.ts';
import { throwIfAborted } from '../error.ts';
import { brokenFinding, type Contender, checkBackend, probeProvider } from './check-backend.ts';
import type { Examination, Finding } from './choice.ts';
import { decide } from './decide.ts';
import { type Expected, endsOf, expectValues, stagesOf } from './expected.ts';
import { type Kept, keep, keyOf, recall } from './kept.ts';
import { race } from './race.ts';
import { lacksTimed, type Requirements } from './requirements.ts';
import { medianInterval } from './statistics.ts';
import { halfWorkload, narrowWorkload, type Workload } from './workload.ts';

export interface ExamineOptions extends BackendOptions {
  /** The network that is timed, and that `latency` is about; its outputs, and the logits before them, are checked too. Default: BVLC AlexNet at half its width, batch 1. */
  readonly workload?: Workload;
  /** How long one provider may take to be probed, as long again to be created and checked, and for each turn; default 30. What blocks the event loop cannot be stopped. */
  readonly secondsPerBackend?: number;
  /** For timing all candidates together; default 6. */
  readonly secondsToTime?: number;
  /** Of the weights and inputs, and of the order of turns. Default 0. */
  readonly seed?: number;
  /** Milliseconds that only go up; default `Date.now`, whose steps are coarse: hand in `performance.now` where it is. */
  readonly now?: () => number;
  /** What time it is, for `measuredAt`. */
  readonly today?: () => Date;
  /** Where results are kept from one time to the next; default: nowhere. */
  readonly kept?: Kept;
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

/**
 * Finds out of each provider whether it is here, right, fast and what was asked for, by running it; and which to use. Nothing that was
 * created is left. A provider that throws, hangs, gives wrong numbers or is not what it says is a finding. Errors: `aborted`.
 */
export async function examineBackends(
  providers: readonly BackendProvider[],
  requirements: Requirements = {},
  options: ExamineOptions = {},
): Promise<Examination> {
  const { kept, today = () => new Date(), seed = 0, workload, threads, signal, onProgress = () => {} } = options;
  const limits = { limitMs: 1000 * (options.secondsPerBackend ?? 30), now: options.now ?? Date.now, signal };
  const backendOptions = threads === undefined ? {} : { threads };
  throwIfAborted(signal, 'examineBackends');

  onProgress('looks what is here', 0, providers.length);
  const probed = await Promise.all(providers.map((provider) => probeProvider(provider, { requirements, ...limits })));
  const key = keyOf({ place: kept?.place ?? '', probed, requirements, backendOptions, workload, seed });
  const known = kept === undefined ? undefined : await recall(kept, key);
  if (known !== undefined) return known;

  const findings = await checkAndTime(providers, probed, { ...options, ...limits, requirements, backendOptions, seed });
  const examination: Examination = {
    schema: 'alexnet-choice/1',
    findings,
    ...decide(findings, requirements),
    measuredAt: today().toISOString(),
    cached: false,
  };
  if (kept !== undefined) await keep(kept, key, examination);
  return examination;
}

interface Work extends Omit<ExamineOptions, 'signal'> {
  readonly requirements: Requirements;
  readonly backendOptions: BackendOptions;
  readonly limitMs: number;
  readonly now: () => number;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/** One after the other is checked, so that none disturbs another; those that are right are then timed in turns. */
async function checkAndTime(
  providers: readonly BackendProvider[],
  probed: readonly Finding[],
  work: Work,
): Promise<Finding[]> {
  const { onProgress = () => {}, signal } = work;
  const findings = [...probed];
  const candidates = providers
    .map((provider, index) => ({ provider, index }))
    .filter(({ index }) => isCandidate(probed[index]!));
  if (candidates.length === 0) return findings;
  const contenders = new Map<number, Contender>();
  try {
    const networks = await expectNetworks(work);
    for (const [done, { provider, index }] of candidates.entries()) {
      onProgress(`checks ${provider.id}`, done, candidates.length);
      throwIfAborted(signal, 'check');
      const result = await checkBackend(provider, findings[index]!, { ...work, ...networks });
      if ('run' in result) contenders.set(index, result);
      findings[index] = 'run' in result ? result.finding : result;
    }
    const timed = await time(contenders, networks.timed, work);
    for (const [index, finding] of timed) findings[index] = finding;
    return findings;
  } finally {
    for (const contender of contenders.values()) await contender.end();
  }
}

function isCandidate({ status, lacks }: Finding): boolean {
  return status !== 'fail' && lacks.length === 0;
}

async function expectNetworks({
  workload,
  seed,
  requirements: { precision = 'f32' },
  signal,
}: Work): Promise<{ checked: Expected; timed: Expected }> {
  const narrow = narrowWorkload(seed);
  const half = workload ?? halfWorkload(seed);
  return {
    checked: await expectValues(narrow, stagesOf(narrow.graph), { precision, signal }),
    timed: await expectValues(half, endsOf(half.graph), { precision, signal }),
  };
}

/** The findings of the contenders, with their speed, or with what went wrong. */
async function time(
  contenders: ReadonlyMap<number, Contender>,
  { workload }: Expected,
  { requirements, secondsToTime = 6, onProgress = () => {}, ...options }: Work,
): Promise<Map<number, Finding>> {
  const racers = [...contenders.values()].map(({ finding, run }) => ({ id: finding.backend, run }));
  const onRound = (round: number) =>
    onProgress(`times ${racers.map(({ id }) => id).join(', ')}: round ${round + 1}`, round, 15);
  const { times, failures } = await race(racers, { ...options, budgetMs: 1000 * secondsToTime, onRound });
  return new Map(
    [...contenders].map(([index, { finding }]) => {
      const turns = times.get(finding.backend);
      if (turns === undefined) return [index, brokenFinding(finding, failures.get(finding.backend))];
      const { value, low, high } = medianInterval(turns);
      const speed = { network: workload.name, p50Ms: value, ciLowMs: low, ciHighMs: high, turnsMs: turns };
      const lacks = lacksTimed(speed, requirements);
      return [index, { ...finding, ...(lacks.length === 0 ? {} : { status: 'warn', lacks }), speed }];
    }),
  );
}
