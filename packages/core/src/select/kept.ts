import type { BackendOptions, BackendProvider } from '../backend/backend.ts';
import type { Examination, Finding } from './choice.ts';
import type { Requirements } from './requirements.ts';
import type { Workload } from './workload.ts';

/*
 * An examination that was made before, kept under a key of all that it depends on. What is damaged, or cannot be read, is not there;
 * what cannot be written is not kept.
 */

/** Raise it when another check, another network or another way to decide would give another result. */
const VERSION = 1;

/** Where examinations are kept; the caller's. */
export interface ChoiceStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
}

export interface Kept {
  readonly store: ChoiceStore;
  /**
   * What results depend on and providers cannot say: the version of this library, of Node or the browser, the processor and how many of it there are.
   */
  readonly place: string;
  /** Measures again, and keeps that. */
  readonly refresh?: boolean;
}

export interface KeyFacts {
  readonly place: string;
  readonly providers: readonly BackendProvider[];
  /** With what their probes said, which has the engine, its version and its device. */
  readonly probed: readonly Finding[];
  readonly requirements: Requirements;
  readonly backendOptions: BackendOptions;
  readonly workload: Workload | undefined;
  readonly seed: number;
}

/** A text that is the same when all is the same that a result depends on. */
export function keyOf({
  place,
  probed,
  requirements,
  backendOptions,
  workload,
  seed,
}: Omit<KeyFacts, 'providers'>): string {
  const { maxDownload, precision, latency, determinism, training, fallback } = requirements;
  return JSON.stringify([
    VERSION,
    place,
    probed.map(({ backend, availability, download, lacks }) => [backend, availability, download, lacks]),
    [maxDownload, precision, latency, determinism, training, fallback],
    backendOptions.threads ?? null,
    workload === undefined ? null : [workload.name, workload.graph],
    seed,
  ]);
}

/** What was kept under a key and is whole; undefined otherwise. */
export async function recall({ store, refresh }: Kept, key: string): Promise<Examination | undefined> {
  if (refresh === true) return undefined;
  try {
    const entry = JSON.parse((await store.get(key)) ?? 'null') as Partial<Entry> | null;
    if (entry?.key !== key || !isExamination(entry.examination)) return undefined;
    return { ...entry.examination, cached: true };
  } catch {
    return undefined;
  }
}

/** Keeps an examination that ended with a choice: where nothing could be used, it should be looked again. */
export async function keep({ store }: Kept, key: string, examination: Examination): Promise<void> {
  if (examination.chosen === undefined) return;
  try {
    await store.set(key, JSON.stringify({ key, examination } satisfies Entry));
  } catch {
    // the next one measures again
  }
}

interface Entry {
  readonly key: string;
  readonly examination: Examination;
}

/** Of an entry whose key is right: whether what hangs on it is there. */
function isExamination(value: Partial<Examination> | undefined): value is Examination {
  const findings = value?.findings;
  if (value?.schema !== 'alexnet-choice/1' || !Array.isArray(findings)) return false;
  const chosen = (findings as readonly Partial<Finding>[]).find((finding) => finding?.backend === value.chosen);
  return (
    chosen?.lacks?.length === 0 &&
    chosen.speed !== undefined &&
    Array.isArray(value.reasons) &&
    typeof value.measuredAt === 'string'
  );
}
