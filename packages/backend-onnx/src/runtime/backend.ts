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
  opNames,
  type Program,
  throwIfAborted,
  type Weights,
} from '@alexnet/core';
import { byteLength } from '../model/external-data.ts';
import { buildModel } from '../model/model.ts';
import { stagesOf } from '../model/stages.ts';
import type { Engine, GraphForm } from './engine.ts';
import { disposedError } from './errors.ts';
import { createProgram } from './program.ts';
import { createSession } from './session.ts';
import { createStage, type Stage } from './stage.ts';

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
      fallback: false,
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
  weights: Weights,
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
  checkWeights(graph, weights);
  const wanted = checkOutputs(graph, outputs);
  const prepared = prepare({ ...graph, outputs: wanted }, weights, engine.form);

  const stages: Stage[] = [];
  let bytes = 0;
  try {
    for (const part of prepared.parts) {
      const model = buildModel(part, prepared.weights, { form: engine.form, outputs: part.outputs });
      const session = await createSession(engine, model);
      stages.push(createStage(engine, session, part));
      bytes += model.initializers.reduce((sum, initializer) => sum + byteLength(initializer), 0);
      throwIfAborted(signal, 'compile');
    }
  } catch (error) {
    await Promise.all(stages.map((stage) => stage.release()));
    throw error;
  }
  return createProgram({ graph, outputs: wanted, stages, bytes });
}

/**
 * Runs the passes that keep every wanted value and leave the engine less to do, and cuts a graph with LRN in two:
 * without it there are few steps that only move data, and one session is as fast.
 */
function prepare(graph: Graph, weights: Weights, form: GraphForm): { parts: readonly Graph[]; weights: Weights } {
  if (!form.passes) return { parts: [graph], weights };
  const folded = foldBatchNorm(foldPadding(dropDropout(graph)), weights);
  const cut = form.imagesAtATime !== undefined && graph.nodes.some(({ op }) => op === 'lrn');
  return { parts: cut ? stagesOf(folded.graph) : [folded.graph], weights: folded.weights };
}
