import { type Graph, inferShapes, type OpName, sizeOf, type Tensor, throwIfAborted } from '@alexnet/core';
import { outputName } from '../model/model.ts';
import type { Engine, OnnxSession } from './engine.ts';
import { engineError } from './errors.ts';

/** One session and what goes in and out of it. */
export interface Stage {
  /** Computes the stage's outputs from the values so far, and adds them. Errors: `aborted`, `out-of-memory`, `backend-failure`. */
  run(values: Map<string, Tensor>, signal: AbortSignal | undefined): Promise<void>;
  release(): Promise<void>;
}

/** `graph` is what the session computes. One with LRN and without linear layers runs a few images at a time where the engine wants that. */
export function createStage(engine: Engine, session: OnnxSession, graph: Graph): Stage {
  const inputNames = new Set(graph.inputs.map(({ name }) => name));
  const fetches = graph.outputs.map((name) => outputName(name, inputNames));
  const shapes = inferShapes(graph).values;
  const has = (wanted: OpName) => graph.nodes.some(({ op }) => op === wanted);
  const atATime = has('lrn') && !has('linear') ? engine.form.imagesAtATime : undefined;

  /** Runs images `from` to `to` of the inputs. */
  const runPart = async (inputs: ReadonlyMap<string, Tensor>, from: number, to: number): Promise<Tensor[]> => {
    const feeds = Object.fromEntries(
      graph.inputs.map(({ name, shape }) => {
        const size = sizeOf(shape);
        const data = inputs.get(name)!.data.subarray(from * size, to * size);
        return [name, new engine.runtime.Tensor('float32', data, [to - from, ...shape])];
      }),
    );
    const results = await session.run(feeds, fetches).catch((cause: unknown) => {
      throw engineError(cause, engine.name, `running ${graph.name}`);
    });
    return fetches.map((name) => {
      const { dims, data } = results[name]!;
      return { shape: dims, data: data as Float32Array };
    });
  };

  return {
    async run(values, signal) {
      const batch = values.get(graph.inputs[0]!.name)!.shape[0]!;
      if (atATime === undefined || batch <= atATime) {
        const outputs = await runPart(values, 0, batch);
        for (const [i, name] of graph.outputs.entries()) values.set(name, outputs[i]!);
        return;
      }
      const outputs = graph.outputs.map((name): Tensor => {
        const shape = [batch, ...shapes.get(name)!];
        return { shape, data: new Float32Array(sizeOf(shape)) };
      });
      for (let from = 0; from < batch; from += atATime) {
        throwIfAborted(signal, 'run');
        const part = await runPart(values, from, Math.min(batch, from + atATime));
        for (const [i, { data }] of outputs.entries()) data.set(part[i]!.data, (data.length / batch) * from);
      }
      for (const [i, name] of graph.outputs.entries()) values.set(name, outputs[i]!);
    },
    release: () => session.release(),
  };
}
