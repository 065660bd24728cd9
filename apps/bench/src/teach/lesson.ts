import { AlexNetError } from '@alexnet/core';
import { batch, effect, type ReadonlySignal, signal } from '@preact/signals';
import { startWorker } from '../classify/backends/start-worker.ts';
import { type Classifier, createImageClassifier, type ImageClassifier } from '../classify/classifier.ts';
import { createPreparer } from '../classify/images/prepare.ts';
import { linkTo } from '../classify/link/ask.ts';
import { type Failure, failureOf } from '../classify/link/failure.ts';
import type { Network } from '../classify/network.ts';
import type { NetworkStore } from '../classify/weights/network-store.ts';
import { type ClassList, createClassList } from './classes/class-list.ts';
import { problemOf } from './classes/problem-of.ts';
import type { TaughtClass } from './classes/taught-class.ts';
import { computeFeatures } from './features/compute-features.ts';
import { labelled } from './features/labelled.ts';
import { headOf } from './head/head-of.ts';
import type { TeachAnswers } from './head/teach.worker.ts';
import type { HeldOut, TeachProgress } from './head/teach-head.ts';
import { taughtNetwork } from './result/taught-network.ts';

/** What is going on while it learns. */
export interface Learning {
  readonly label: string;
  /** From 0 to 1. */
  readonly done: number;
}

/** What came of a lesson. */
export interface Taught {
  readonly network: Network;
  readonly images: number;
  readonly heldOut: HeldOut | undefined;
}

/** All that this part of the page knows and does; components only show it. */
export interface Lesson extends Disposable {
  readonly list: ClassList;
  /** Defined while it learns. */
  readonly learning: ReadonlySignal<Learning | undefined>;
  /** The loss of every epoch so far, of the training whose head is kept. */
  readonly losses: ReadonlySignal<readonly number[]>;
  readonly failure: ReadonlySignal<Failure | undefined>;
  readonly taught: ReadonlySignal<Taught | undefined>;
  /** Classifies with what was taught last. */
  readonly trial: ImageClassifier;
  /** Learns the classes with the network and the first backend that are chosen. */
  teach(): Promise<void>;
  cancel(): void;
}

/** Pixels of a side, for screens of two to a point. */
const THUMBNAIL = 144;
/** The share of the bar for the features; what a network makes of an image takes longer than learning from it. */
const FEATURES = 0.6;

export function createLesson(classifier: Pick<Classifier, 'backends' | 'weights' | 'inTurn'>): Lesson {
  const { backends, weights, inTurn } = classifier;
  const preparer = createPreparer();
  const list = createClassList((file) => preparer.thumbnail(file, THUMBNAIL));
  const learning = signal<Learning>();
  const losses = signal<readonly number[]>([]);
  const failure = signal<Failure>();
  const taught = signal<Taught>();
  const network = signal<Network>();
  const trial = createImageClassifier({ backends, weights: { network, start: async () => {} }, inTurn });
  let current: AbortController | undefined;

  /** Ends a worker when the lesson is cancelled, or when its work is done. */
  const during = async <L extends Disposable, T>(stop: AbortSignal, link: L, work: (link: L) => Promise<T>) => {
    const end = () => link[Symbol.dispose]();
    stop.addEventListener('abort', end);
    if (stop.aborted) end();
    return work(link).finally(end);
  };
  const check = (classes: readonly TaughtClass[]) => {
    const problem = problemOf(classes);
    if (problem !== undefined) throw problem;
  };

  const learn = async (stop: AbortSignal): Promise<Taught> => {
    const tell = (now: Learning) => {
      if (!stop.aborted) learning.value = now;
    };
    check(list.classes.value);
    const backend = backends.chosen.value[0];
    if (backend === undefined) throw invalid('No backend is chosen', 'Choose one under “Backends to compare”.');
    tell({ label: 'Loads the weights', done: 0 });
    if (weights.state.value.kind === 'unclear') {
      throw invalid('It is not yet said which network the weights are', 'Say it under “See it work”.');
    }
    await weights.start();
    await whenRead(weights);
    stop.throwIfAborted();
    const base = weights.network.value;
    if (base === undefined) throw invalid('There are no weights', 'Give others under “See it work”.');
    const head = headOf(base.variant.graph);
    const given = list.classes.value;
    const images = given.flatMap((one) => one.images);
    tell({ label: `Loads the network on ${backend}`, done: 0 });
    const found = await during(stop, startWorker(), (link) =>
      computeFeatures({
        ...{ network: base, head, backend, link, preparer, inTurn, images },
        onImage: (done) =>
          tell({ label: `Looked at ${done} of ${images.length} images`, done: (FEATURES * done) / images.length }),
        onLeftOut: (image, reason) => list.leaveOut(image.id, reason),
      }),
    );
    const seen = new Set(found.map(({ image }) => image));
    const classes = given.map((one) => ({ ...one, images: one.images.filter((image) => seen.has(image)) }));
    check(classes); // those that were left out may have been all of a class
    const names = classes.map(({ name }) => name.trim());
    const features = labelled(found, head.features, classes);
    const onNews = ({ part, done, epoch, epochs, loss }: TeachProgress) => {
      if (stop.aborted) return;
      const label = part === 'judged' ? 'Learns without the images that are held out' : 'Learns from all images';
      batch(() => {
        losses.value = epoch === 1 ? [loss] : [...losses.value, loss];
        tell({ label: `${label}: round ${epoch} of ${epochs}`, done: FEATURES + (1 - FEATURES) * done });
      });
    };
    const { heldOut, ...layer } = await during(stop, startTeacher(), (link) =>
      link.ask('teach', { features, classes: names }, { move: [features.data.buffer], onNews }),
    );
    return { network: taughtNetwork(base, { classes: names, ...layer }), images: found.length, heldOut };
  };

  return {
    list,
    learning,
    losses,
    failure,
    taught,
    trial,
    async teach() {
      if (learning.value !== undefined) return;
      current = new AbortController();
      const { signal: stop } = current;
      failure.value = undefined;
      losses.value = [];
      try {
        const result = await learn(stop);
        if (stop.aborted) return;
        batch(() => {
          taught.value = result;
          network.value = result.network;
        });
      } catch (error) {
        if (!stop.aborted) failure.value = failureOf(error);
      } finally {
        if (!stop.aborted) learning.value = undefined;
      }
    },
    cancel() {
      current?.abort();
      learning.value = undefined;
      losses.value = [];
    },
    [Symbol.dispose]() {
      current?.abort();
      trial[Symbol.dispose]();
      preparer[Symbol.dispose]();
      list[Symbol.dispose]();
    },
  };
}

/** Somebody may have given weights just now, or cancelled a lesson that was loading those of the page. */
function whenRead({ state }: Pick<NetworkStore, 'state'>): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (state.value.kind === 'reading') return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}

function startTeacher() {
  return linkTo<TeachAnswers>(new Worker(new URL('./head/teach.worker.ts', import.meta.url), { type: 'module' }));
}

function invalid(message: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, fix });
}
