import { checkInputs, type Graph, type Program, type Tensor, throwIfAborted } from '@alexnet/core';
import { disposedError } from './errors.ts';
import type { Stage } from './stage.ts';

export interface ProgramParts {
  readonly graph: Graph;
  readonly outputs: readonly string[];
  /** In order; each may read what the ones before it computed. */
  readonly stages: readonly Stage[];
  /** Of the weights in the engine. */
  readonly bytes: number;
}

/**
 * A program over its stages. Runs of one program follow each other: sessions of the WebAssembly build allow only one at a time,
 * and the native one uses all threads anyway.
 */
export function createProgram({ graph, outputs, stages, bytes }: ProgramParts): Program {
  let disposed = false;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };

  return {
    async run(inputs, { signal } = {}) {
      if (disposed) throw disposedError('program');
      throwIfAborted(signal, 'run');
      checkInputs(graph, inputs);
      return inTurn(async () => {
        const values = new Map<string, Tensor>(graph.inputs.map(({ name }) => [name, inputs[name]!]));
        for (const stage of stages) {
          throwIfAborted(signal, 'run');
          await stage.run(values, signal);
        }
        throwIfAborted(signal, 'run');
        return Object.fromEntries(outputs.map((name) => [name, values.get(name)!]));
      });
    },
    memory: () => ({ hostBytes: disposed ? 0 : bytes, deviceBytes: 0 }),
    async [Symbol.asyncDispose]() {
      if (disposed) return;
      disposed = true;
      await inTurn(() => Promise.all(stages.map((stage) => stage.release())));
    },
  };
}
