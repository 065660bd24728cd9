import type { BenchmarkReport, Refusal, Shipped, Survey } from '@alexnet/benchmark';
import type { BackendReport } from '@alexnet/conformance';
import { downloadBytes } from '../../engines/downloads.ts';
import type { BackendId } from '../../engines/names.ts';
import type { NetworkChoice } from '../choice/network-choice.ts';
import { inWorker } from './in-worker.ts';
import { conforms, type Outcome } from './outcome.ts';
import { createOverallTime, type Overall } from './overall.ts';

export interface MeasureOptions {
  readonly backends: readonly BackendId[];
  readonly network: NetworkChoice;
  /** Facts about this place, kept in the result. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Overall & { readonly label: string }) => void;
  readonly onOutcome: (backend: BackendId, outcome: Outcome) => void;
}

/** Rough, for the time left: setting one backend up for speed, and all rounds. */
const benchSeconds = {
  quick: { perBackend: 2, rounds: 8 },
  published: { perBackend: 12, rounds: 25 },
} as const;

/**
 * Conformance of one backend after the other, each in a worker of its own, then speed of all that conform in one, in turns. A backend that
 * breaks its worker costs only itself. Errors: the reason of the signal.
 */
export async function measureAll(options: MeasureOptions): Promise<Survey> {
  const { backends, network, environment, signal, onProgress, onOutcome } = options;
  const { perBackend, rounds } = benchSeconds[network];
  const time = createOverallTime(backends.length, rounds + perBackend * backends.length);
  const conformance: BackendReport[] = [];
  const shipped: Shipped[] = [];
  const broken: Refusal[] = [];
  for (const backend of backends) {
    time.begin();
    const onNews = ({ label, secondsLeft }: { readonly label: string; readonly secondsLeft?: number }) => {
      onOutcome(backend, { kind: 'runs', label: 'is checked' });
      onProgress({ label, ...time.at(secondsLeft) });
    };
    onNews({ label: `${backend}: starts` });
    try {
      const found = await inWorker({ kind: 'conform', backend, network }, { signal, onProgress: onNews });
      conformance.push(found.report);
      shipped.push(found.shipped);
      onOutcome(backend, { kind: 'judged', report: found.report });
    } catch (error) {
      signal.throwIfAborted();
      const text = messageOf(error);
      broken.push(refusal(backend, `could not be checked: ${text}`));
      onOutcome(backend, { kind: 'broke', text });
    }
  }

  time.begin();
  const able = conformance.filter(conforms).map(({ backend }) => backend.id as BackendId);
  const speed = await timed(able, network, {
    signal,
    onProgress: ({ label }) => onProgress({ label, ...time.at(undefined) }),
  });
  return {
    schema: 'alexnet-survey/1',
    date: new Date().toISOString(),
    environment,
    conformance,
    benchmark: { ...speed, refusals: [...speed.refusals, ...broken] },
    // where nothing was seen of an engine that has files, the browser does not tell
    shipped: shipped.filter(({ candidate, rawBytes }) => rawBytes > 0 || downloadBytes[candidate as BackendId] === 0),
  };
}

async function timed(
  backends: readonly BackendId[],
  network: NetworkChoice,
  options: Parameters<typeof inWorker>[1],
): Promise<BenchmarkReport> {
  if (backends.length === 0) return nothingTimed([]);
  try {
    return await inWorker({ kind: 'bench', backends, network }, options);
  } catch (error) {
    options.signal.throwIfAborted();
    return nothingTimed(backends.map((backend) => refusal(backend, `could not be timed: ${messageOf(error)}`)));
  }
}

function nothingTimed(refusals: readonly Refusal[]): BenchmarkReport {
  const none = { measurements: [], memory: [], comparisons: [], warnings: [] };
  return { schema: 'alexnet-benchmark/1', seed: 0, ...none, refusals };
}

function refusal(candidate: BackendId, reason: string): Refusal {
  return { candidate, precision: 'f32', variant: 'torchvision', reason };
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return navigator.onLine ? text : `${text} There is no network: only engines run that were used here before.`;
}
