import {
  AlexNetError,
  type Backend,
  type Calibration,
  type CompileOptions,
  checkOutputs,
  checkWeights,
  type Graph,
  inferShapes,
  isStorage,
  opNames,
  type Program,
  readAsStored,
  sourceOfWeights,
  throwIfAborted,
  type WeightSource,
  type Weights,
} from '@alexnet/core';
import { buildInt8Model } from '../model/int8.ts';
import { buildModel } from '../model/model.ts';
import { byteLength } from '../model/onnx.ts';
import { createTrainer } from '../training/trainer.ts';
import type { Engine } from './engine.ts';
import { disposedError } from './errors.ts';
import { withExactSums } from './exact-sums.ts';
import { type HoldOptions, hold } from './hold.ts';
import { createProgram } from './program.ts';
import { createSession, type UnreadModel } from './session.ts';

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
      hindrances: engine.hindrances ?? [],
    },
    capabilities: {
      ops: opNames,
      precisions: engine.precisions,
      profiling: false,
      strictNonFinite: false,
      deterministic: true,
      training: engine.training ?? false,
    },
    async compile(graph, weights, options = {}) {
      if (disposed) throw disposedError('backend');
      return compile(id, engine, graph, weights, options);
    },
    async compileTraining(training, weights, options) {
      if (disposed) throw disposedError('backend');
      if (engine.training === true) return createTrainer(engine, training, weights, options);
      throw new AlexNetError({
        code: 'unsupported',
        message: `${id} does not train`,
        fix: 'Train with onnx-node or onnx-web.',
      });
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
  { outputs, precision = 'f32', calibration, signal }: CompileOptions,
): Promise<Program> {
  throwIfAborted(signal, 'compile');
  if (!engine.precisions.includes(precision)) {
    throw new AlexNetError({
      code: 'unsupported',
      message: `${id} computes with ${engine.precisions.join(', ')}, not ${precision}`,
      fix: 'Choose one of these, or another backend.',
    });
  }
  inferShapes(graph);
  checkWeights(graph, given);
  const wanted = checkOutputs(graph, outputs);
  const { form } = engine;
  const make = () =>
    isStorage(precision)
      ? storedModel({ ...graph, outputs: wanted }, given, { precision, form, signal })
      : int8Model(graph, given, wanted, { calibration, form, signal });
  const setUp = precision === 'int8' ? await withExactSums(engine) : engine;
  const { session, model } = await createSession(setUp, make, signal);
  if (signal?.aborted) await session.release();
  throwIfAborted(signal, 'compile');
  const bytes = model.initializers.reduce((sum, initializer) => sum + byteLength(initializer), 0);
  return createProgram(engine, { graph, outputs: wanted, session, bytes });
}

async function storedModel(graph: Graph, given: Weights | WeightSource, options: HoldOptions): Promise<UnreadModel> {
  const { graph: prepared, weights, late } = await hold(graph, given, options);
  return { model: buildModel(prepared, weights, { form: options.form, outputs: graph.outputs }), weights, late };
}

async function int8Model(
  graph: Graph,
  given: Weights | WeightSource,
  outputs: readonly string[],
  { calibration, form, signal }: { readonly calibration: Calibration | undefined } & Omit<HoldOptions, 'precision'>,
): Promise<UnreadModel> {
  if (calibration === undefined) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: 'int8 needs to know how values are quantised',
      fix: 'Make a calibration from sample images with calibrate, and pass it on.',
      where: 'calibration',
    });
  }
  const weights = await readAsStored(graph, given, 'f32', { signal });
  const model = buildInt8Model(graph, weights, { calibration, form, outputs });
  return { model, weights: new Map(), late: sourceOfWeights(new Map()) };
}
