import { createTurns, type Turns } from '@alexnet/core';
import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import type { Here } from '../engines/here.ts';
import type { BackendId } from '../engines/names.ts';
import { type Backends, createBackends } from './backends/backends.ts';
import { createRunner, type Runner } from './backends/runner.ts';
import type { ChosenImage } from './images/chosen-image.ts';
import type { Prepared } from './images/image.worker.ts';
import { createPreparer } from './images/prepare.ts';
import { type Failure, failureOf } from './link/failure.ts';
import type { Network } from './network.ts';
import { createNetworkStore, type NetworkStore } from './weights/network-store.ts';

/** An image as an input of the network at hand. */
export interface PreparedImage extends Prepared {
  readonly image: ChosenImage;
  readonly network: Network;
}

/** Where the network at hand comes from. */
export type NetworkSource = Pick<NetworkStore, 'network' | 'start'>;

/** What classifies images, whatever network it is; components only show it. Dispose of it to end every worker that it has started. */
export interface ImageClassifier extends Disposable {
  /** The image at hand; what is shown of it may still be on its way. */
  readonly image: ReadonlySignal<ChosenImage | undefined>;
  readonly prepared: ReadonlySignal<PreparedImage | undefined>;
  /** What went wrong with the image that was chosen last. */
  readonly failure: ReadonlySignal<Failure | undefined>;
  /** One for every chosen backend, with the network at hand. */
  readonly runners: ReadonlySignal<readonly Runner[]>;
  /** Classifies an image; with the network that the page starts with where nobody has given one. */
  classify(image: ChosenImage): Promise<void>;
  /** Says what went wrong on the way to an image. */
  fail(error: unknown): void;
}

/** All that the section knows and does: it also reads weights, and lets people choose backends. */
export interface Classifier extends ImageClassifier {
  readonly backends: Backends;
  readonly weights: NetworkStore;
  /** Backends work one after the other: two at once would take each other's cores, and their times would say nothing. */
  readonly inTurn: Turns;
}

export function createClassifier(here: Here): Classifier {
  const backends = createBackends(here);
  const weights = createNetworkStore();
  const inTurn = createTurns();
  const classifier = createImageClassifier({ backends, weights, inTurn });
  return {
    ...classifier,
    backends,
    weights,
    inTurn,
    [Symbol.dispose]() {
      classifier[Symbol.dispose]();
      weights[Symbol.dispose]();
    },
  };
}

interface Parts {
  readonly backends: Backends;
  readonly weights: NetworkSource;
  readonly inTurn: Turns;
}

/** Classifies with the network of a source on the chosen backends; these stay the caller's. */
export function createImageClassifier({ backends, weights, inTurn }: Parts): ImageClassifier {
  const preparer = createPreparer();
  const image = signal<ChosenImage>();
  const prepared = signal<PreparedImage>();
  const failure = signal<Failure>();
  const runners = signal<readonly Runner[]>([]);
  const fail = (error: unknown) => {
    failure.value = failureOf(error);
  };

  const prepare = async (network: Network, chosen: ChosenImage) => {
    const before = prepared.value;
    if (before?.image === chosen && before.network === network) return;
    // another image or network may have been chosen meanwhile
    const isWanted = () => weights.network.value === network && image.value === chosen;
    try {
      const result = await preparer.prepare(chosen.file, network.variant.preprocessing);
      if (isWanted()) prepared.value = { ...result, image: chosen, network };
    } catch (error) {
      if (!isWanted()) return;
      fail(error);
      image.value = before?.image;
    }
  };
  const stopPreparing = effect(() => {
    const [network, chosen] = [weights.network.value, image.value];
    if (network !== undefined && chosen !== undefined) void untracked(() => prepare(network, chosen));
  });

  // a backend is loaded when there is something for it to do
  let ran: Network | undefined;
  const run = ({ network, input }: PreparedImage, wanted: readonly BackendId[]) => {
    const before = runners.value;
    const isKept = ({ id, failure: { value } }: Runner) =>
      ran === network && wanted.includes(id) && value === undefined;
    for (const runner of before) if (!isKept(runner)) runner[Symbol.dispose]();
    const kept = before.filter(isKept);
    ran = network;
    runners.value = wanted.map((id) => kept.find((runner) => runner.id === id) ?? createRunner(id, network, inTurn));
    for (const runner of runners.value) runner.classify(input);
  };
  const stopRunning = effect(() => {
    const [ready, wanted] = [prepared.value, backends.chosen.value];
    if (ready !== undefined) untracked(() => run(ready, wanted));
  });

  return {
    image,
    prepared,
    failure,
    runners,
    fail,
    async classify(chosen) {
      failure.value = undefined;
      image.value = chosen;
      await weights.start();
    },
    [Symbol.dispose]() {
      stopPreparing();
      stopRunning();
      for (const runner of runners.value) runner[Symbol.dispose]();
      preparer[Symbol.dispose]();
    },
  };
}
