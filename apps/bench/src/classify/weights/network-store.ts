import { type ReadonlySignal, signal } from '@preact/signals';
import { type Failure, failureOf } from '../link/failure.ts';
import type { Network } from '../network.ts';
import type { Choice } from './choices.ts';
import { DEFAULT_NAME } from './default-name.ts';
import type { GivenFile } from './given-file.ts';
import type { Progress } from './progress.ts';
import { type Reading, readDefault, readInWorker } from './read-in-worker.ts';

/** What is going on with the weights that were given last. */
export type WeightsState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'reading'; readonly name: string; readonly progress: Progress | undefined }
  /** The files fit several networks: a person must say which they are. */
  | { readonly kind: 'unclear'; readonly name: string; readonly message: string; readonly choices: readonly Choice[] }
  /** The network that was there before stays. */
  | { readonly kind: 'failed'; readonly name: string; readonly failure: Failure };

/** The network that classifies. One set of weights is in memory, two while the next are read. */
export interface NetworkStore extends Disposable {
  readonly network: ReadonlySignal<Network | undefined>;
  readonly state: ReadonlySignal<WeightsState>;
  /** Reads files; those that were being read are given up. */
  read(files: readonly GivenFile[], variant?: string): Promise<void>;
  /** The files that were given last, as this network. */
  readAs(variant: string): Promise<void>;
  cancel(): void;
  /** Loads the network that the page starts with, unless there is one, or one is being read, or must be named. */
  start(): Promise<void>;
}

export function createNetworkStore(): NetworkStore {
  const network = signal<Network>();
  const state = signal<WeightsState>({ kind: 'idle' });
  let reading: Reading<unknown> | undefined;
  let given: readonly GivenFile[] = [];

  const follow = async <T>(next: Reading<T>, name: string, done: (result: T) => void) => {
    reading?.[Symbol.dispose]();
    reading = next;
    state.value = { kind: 'reading', name, progress: undefined };
    try {
      const result = await next.done;
      if (reading !== next) return;
      state.value = { kind: 'idle' };
      done(result);
    } catch (error) {
      if (reading !== next) return;
      const failure = failureOf(error);
      state.value = failure.code === 'aborted' ? { kind: 'idle' } : { kind: 'failed', name, failure };
    }
  };

  const read: NetworkStore['read'] = (files, variant) => {
    given = files;
    const name = nameOf(files);
    const next = readInWorker({ files, variant }, (progress) => {
      if (reading === next) state.value = { kind: 'reading', name, progress };
    });
    return follow(next, name, (result) => {
      if (result.kind === 'network') network.value = result.network;
      else state.value = { ...result, name };
    });
  };

  return {
    network,
    state,
    read,
    readAs: (variant) => read(given, variant),
    cancel: () => reading?.[Symbol.dispose](),
    async start() {
      if (network.value !== undefined || ['reading', 'unclear'].includes(state.value.kind)) return;
      const next = readDefault((progress) => {
        if (reading === next) state.value = { kind: 'reading', name: DEFAULT_NAME, progress };
      });
      await follow(next, DEFAULT_NAME, (result) => {
        network.value ??= result;
      });
    },
    [Symbol.dispose]: () => reading?.[Symbol.dispose](),
  };
}

function nameOf(files: readonly GivenFile[]): string {
  const [first] = files;
  if (first === undefined) return 'nothing';
  const folder = first.path.split('/')[0]!;
  if (files.length === 1) return first.file.name;
  return first.path.includes('/') ? folder : `${first.file.name} and ${files.length - 1} more`;
}
