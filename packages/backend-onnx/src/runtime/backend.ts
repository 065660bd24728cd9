import {
  AlexNetError,
  type Backend,
  checkOutputs,
  checkWeights,
  dropDropout,
  foldBatchNorm,
  foldPadding,
  type Graph,
  inferShapes,
  opNames,
  throwIfAborted,
  type Weights,
} from '@alexnet/core';
import type { LrnForm } from '../model/lrn.ts';
import { buildModel } from '../model/model.ts';
import { encodeModel, type OnnxModel } from '../model/onnx.ts';
import { concatenate } from '../model/protobuf.ts';
import type { Engine, OnnxSession } from './engine.ts';
import { disposedError, engineError } from './errors.ts';
import { createProgram } from './program.ts';

export interface GraphForm {
  readonly lrn: LrnForm;
  /** Whether core's passes run first: batch norm and padding folded. */
  readonly passes: boolean;
}

/** A backend over an engine that was set up. `form` is how graphs are written for it. */
export function createBackend(
  id: string,
  engine: Engine,
  form: GraphForm = { lrn: engine.lrn, passes: true },
): Backend {
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
    async compile(graph, weights, { outputs, precision = 'f32', signal } = {}) {
      if (disposed) throw disposedError('backend');
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
      const prepared = form.passes ? prepare({ ...graph, outputs: wanted }, weights) : { graph, weights };
      const model = buildModel(prepared.graph, prepared.weights, {
        lrn: form.lrn,
        outputs: wanted,
        externalFrom: EXTERNAL_FROM,
      });
      const session = await createSession(engine, model);
      if (signal?.aborted) await session.release();
      throwIfAborted(signal, 'compile');
      const bytes = model.initializers.reduce((sum, { data }) => sum + data.byteLength, 0);
      return createProgram(engine, session, graph, wanted, bytes);
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
    },
  };
}

/** Smaller parameters travel inside the model: the engine wants shapes and scalars there. */
const EXTERNAL_FROM = 1024;

/** The passes that keep every wanted value and leave the engine less to do. */
function prepare(graph: Graph, weights: Weights): { graph: Graph; weights: Weights } {
  return foldBatchNorm(foldPadding(dropDropout(graph)), weights);
}

/**
 * Parameters reach the engine as views of the caller's arrays, beside a model that only names them: the engine makes the one copy.
 * One session after the other: the WebAssembly build keeps these files by name in one place, and would mix those of two sessions.
 */
async function createSession(engine: Engine, model: OnnxModel): Promise<OnnxSession> {
  const { runtime, session, name } = engine;
  const externalData = model.initializers.flatMap(({ external, data }) =>
    external === undefined ? [] : [{ path: external.file, data }],
  );
  const before = creating.get(runtime.env) ?? Promise.resolve();
  const created = before.then(() =>
    runtime.InferenceSession.create(concatenate(encodeModel(model)), { ...session, externalData }),
  );
  creating.set(
    runtime.env,
    created.catch(() => {}),
  );
  try {
    return await created;
  } catch (cause) {
    throw engineError(cause, name, `compiling ${model.name}`);
  }
}

/** The last session that each engine was asked to create. */
const creating = new WeakMap<Engine['runtime']['env'], Promise<unknown>>();
