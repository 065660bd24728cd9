import type { Tensor, Turns } from '@alexnet/core';
import { type ReadonlySignal, signal } from '@preact/signals';
import type { BackendId } from '../../engines/names.ts';
import { startWorker } from '../backends/start-worker.ts';
import { type Failure, failureOf } from '../link/failure.ts';
import type { Network } from '../network.ts';

/** A value of the network for an input. */
export interface Seen {
  readonly name: string;
  readonly input: Tensor;
  readonly value: Tensor;
}

/** Looks inside a network. Dispose of it to let go of the program that it needs. */
export interface Looker extends Disposable {
  readonly seen: ReadonlySignal<Seen | undefined>;
  readonly failure: ReadonlySignal<Failure | undefined>;
  /** Shows a value next; one that was asked for before and is not there yet is forgotten. */
  look(name: string, input: Tensor): void;
}

/**
 * A program whose every value is kept, which no program that is timed should do. It holds the weights a second time on its device, and
 * all values of one input, as long as somebody looks.
 */
export function createLooker(id: BackendId, { variant: { graph }, weights }: Network, inTurn: Turns): Looker {
  const link = startWorker();
  const seen = signal<Seen>();
  const failure = signal<Failure>();
  const outputs = graph.nodes.map(({ name }) => name);
  let wanted: Pick<Seen, 'name' | 'input'> | undefined;
  let ran: Tensor | undefined;
  const loaded = inTurn(() => link.ask('load', { backend: id, graph, weights, outputs }));

  const follow = async () => {
    try {
      await loaded;
      while (wanted !== undefined) {
        const { name, input } = wanted;
        if (ran !== input) await inTurn(() => link.ask('run', { input, output: graph.outputs[0]! }));
        ran = input;
        const value = await link.ask('value', { name });
        if (wanted.name === name && wanted.input === input) {
          wanted = undefined;
          seen.value = { name, input, value };
        }
      }
    } catch (error) {
      failure.value = failureOf(error);
    }
  };

  return {
    seen,
    failure,
    look(name, input) {
      const isBusy = wanted !== undefined;
      wanted = { name, input };
      if (!isBusy) void follow();
    },
    [Symbol.dispose]: () => link[Symbol.dispose](),
  };
}
