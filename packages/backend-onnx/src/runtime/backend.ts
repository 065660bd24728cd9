import {
  AlexNetError,
  type Backend,
  type CompileOptions,
  checkOutputs,
  checkWeights,
  dropDropout,
  foldBatchNorm,
  foldPadding,
  type Graph,
  inferShapes,
  neededPart,
  opNames,
  type Program,
  readAsStored,
  throwIfAborted,
  type WeightSource,
  type Weights,
} from '@alexnet/core';
import { byteLength } from '../model/external-data.ts';
import { buildModel } from '../model/model.ts';
import type { Engine, GraphForm } from './engine.ts';
import { disposedError } from './errors.ts';
import { createProgram } from './program.ts';
import { createSession } from './session.ts';

/** A backend over an engine that was set up. */
export function createBackend(id: string, engine: Engine): Backend {
  let disposed = false;
  return {
    id,
    environment: {
      engine: engine.name,
      device: engine.device,
      threads: engine.threads,
      simd: true,
      fallback: engine.fallback ?? false,
      notes: engine.notes,
    },
    capabilities: {
      ops: opNames,
      precisions: ['f32'],
      profiling: false,
      strictNonFinite: false,
      deterministic: true,
    },
    async compile(graph, weights, options = {}) {
      if (disposed) throw disposedError('backend');
      return compile(id, engine, graph, weights, options);
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
    },
  };
}

async function compile(
  id: string,
  engine: Engine,
  graph: Graph,
  given: Weights | WeightSource,
  { outputs, precision = 'f32', signal }: CompileOptions,
): Promise<Program> {
  throwIfAborted(signal, 'compile');
  if (precision !== 'f32') {
    throw new AlexNetError({
      code: 'unsupported',
      message: `${id} stores weights as f32, not ${precision}`,
      fix: 'Leave precision out, or choose another backend.',
    });
  }
  inferShapes(graph);
  checkWeights(graph, given);
  const weights = await readAsStored(graph, given, precision, { signal });
  const wanted = checkOutputs(graph, outputs);
  const prepared = prepare({ ...graph, outputs: wanted }, weights, engine.form);

  const model = buildModel(prepared.graph, prepared.weights, { form: engine.form, outputs: wanted });
  const session = await createSession(engine, model);
  if (signal?.aborted) await session.release();
  throwIfAborted(signal, 'compile');
  const bytes = model.initializers.reduce((sum, initializer) => sum + byteLength(initializer), 0);
  return createProgram(engine, { graph, outputs: wanted, session, bytes });
}

/** Runs the passes that keep every wanted value and leave the engine less to do. */
function prepare(graph: Graph, weights: Weights, { passes }: GraphForm): { graph: Graph; weights: Weights } {
  return passes ? foldBatchNorm(foldPadding(dropDropout(neededPart(graph))), weights) : { graph, weights };
}
