import { checkInputs, createTurns, type Graph, type Program, type Tensor, throwIfAborted } from '@alexnet/core';
import { outputName } from '../model/model.ts';
import type { Engine, OnnxSession } from './engine.ts';
import { disposedError, engineError } from './errors.ts';

export interface ProgramParts {
  readonly graph: Graph;
  readonly outputs: readonly string[];
  readonly session: OnnxSession;
  /** Of the weights in the engine. */
  readonly bytes: number;
}

/**
 * A program over one session. Runs of one program follow each other: sessions of the WebAssembly builds allow only one at a time,
 * and the native one uses all threads anyway.
 */
export function createProgram(engine: Engine, { graph, outputs, session, bytes }: ProgramParts): Program {
  const inputNames = new Set(graph.inputs.map(({ name }) => name));
  const fetches = outputs.map((name) => outputName(name, inputNames));
  let disposed = false;
  const inTurn = engine.turns ?? createTurns();

  return {
    async run(inputs, { signal } = {}) {
      if (disposed) throw disposedError('program');
      throwIfAborted(signal, 'run');
      checkInputs(graph, inputs);
      const work = async () => {
        const feeds = Object.fromEntries(
          graph.inputs.map(({ name }) => {
            const { shape, data } = inputs[name]!;
            return [name, new engine.runtime.Tensor('float32', data, shape)];
          }),
        );
        const results = await session.run(feeds, fetches).catch((cause: unknown) => {
          throw engineError(cause, engine.name, `running ${graph.name}`);
        });
        throwIfAborted(signal, 'run');
        return Object.fromEntries(
          outputs.map((name, index): [string, Tensor] => {
            const { dims, data } = results[fetches[index]!]!;
            return [name, { shape: dims, data: data as Float32Array }];
          }),
        );
      };
      return inTurn(work, { signal, what: 'run' });
    },
    memory: () => ({ hostBytes: disposed ? 0 : bytes, deviceBytes: 0 }),
    async [Symbol.asyncDispose]() {
      if (disposed) return;
      disposed = true;
      await inTurn(() => session.release());
    },
  };
}
