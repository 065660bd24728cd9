import type { Tensor, Turns } from '@alexnet/core';
import { type ReadonlySignal, signal } from '@preact/signals';
import type { BackendId } from '../../engines/names.ts';
import type { Loaded } from '../classify.worker.ts';
import { type Failure, failureOf } from '../link/failure.ts';
import type { Network } from '../network.ts';
import { startWorker } from './start-worker.ts';

/** What a backend is doing. */
export type Phase = 'waiting' | 'loading' | 'running' | 'idle' | 'failed';

/** What a backend says of an input. */
export interface Result {
  readonly input: Tensor;
  /** Of every class; the mean over crops. */
  readonly probabilities: Float64Array;
  readonly ms: number;
  /** The engine's first run, which is slower than those that follow. */
  readonly isFirst: boolean;
}

/** One backend with one network, in a worker of its own. Dispose of it to end the worker at once. */
export interface Runner extends Disposable {
  readonly id: BackendId;
  readonly phase: ReadonlySignal<Phase>;
  /** What runs, once it is loaded. */
  readonly loaded: ReadonlySignal<Loaded | undefined>;
  /** The last one. */
  readonly result: ReadonlySignal<Result | undefined>;
  readonly failure: ReadonlySignal<Failure | undefined>;
  /** Runs this input next; one that was waiting for its turn is forgotten. */
  classify(input: Tensor): void;
}

/** It loads, and runs, when it is its turn. */
export function createRunner(id: BackendId, { variant, weights }: Network, inTurn: Turns): Runner {
  const link = startWorker();
  const phase = signal<Phase>('waiting');
  const loaded = signal<Loaded>();
  const result = signal<Result>();
  const failure = signal<Failure>();
  const output = variant.graph.outputs[0]!;
  let wanted: Tensor | undefined;

  const attempt = (next: Phase, task: () => Promise<void>) =>
    inTurn(async () => {
      if (failure.value !== undefined) return;
      phase.value = next;
      try {
        await task();
        phase.value = 'idle';
      } catch (error) {
        failure.value = failureOf(error);
        phase.value = 'failed';
        link[Symbol.dispose]();
      }
    });

  void attempt('loading', async () => {
    loaded.value = await link.ask('load', { backend: id, graph: variant.graph, weights });
  });

  return {
    id,
    phase,
    loaded,
    result,
    failure,
    classify(input) {
      if (wanted === undefined && result.value?.input === input) return;
      const isWaiting = wanted !== undefined;
      wanted = input;
      if (isWaiting) return;
      if (failure.value === undefined && phase.value === 'idle') phase.value = 'waiting';
      void attempt('running', async () => {
        const next = wanted!;
        wanted = undefined;
        const { output: rows, ms, isFirst } = await link.ask('run', { input: next, output });
        result.value = { input: next, probabilities: meanOfRows(rows), ms, isFirst };
      });
    },
    [Symbol.dispose]: () => link[Symbol.dispose](),
  };
}

/** Ten-crop variants: the mean of the softmax over the crops (Krizhevsky et al. 2012, section 4.1). */
function meanOfRows({ shape: [rows = 1, classes = 0], data }: Tensor): Float64Array {
  const mean = new Float64Array(classes);
  for (let i = 0; i < data.length; i++) mean[i % classes]! += data[i]! / rows;
  return mean;
}
