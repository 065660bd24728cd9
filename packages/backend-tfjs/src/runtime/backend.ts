import {
  AlexNetError,
  annotateFusions,
  type Backend,
  type CompileOptions,
  checkOptimiser,
  checkOutputs,
  checkTrainingOutputs,
  checkWeights,
  dropDropout,
  type FoldedSource,
  foldBatchNormOfSource,
  foldPadding,
  type Graph,
  inferShapes,
  inferTrainingShapes,
  isStorage,
  neededPart,
  opNames,
  type Program,
  precisions,
  sourceAsStored,
  sourceOfWeights,
  type Trainer,
  type TrainingGraph,
  type TrainingOptions,
  throwIfAborted,
  type WeightSource,
  type Weights,
} from '@alexnet/core';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { disposeAll } from '../lower/dispose.ts';
import { type Lowered, lower } from '../lower/lower.ts';
import { checkKernels, missingKernels } from '../training/kernels.ts';
import { createTrainer } from '../training/trainer.ts';
import { deviceLost, disposedError, engineError } from './errors.ts';
import { createProgram } from './program.ts';
import type { RunningEngine } from './running.ts';

export interface BackendParts {
  readonly id: string;
  readonly engine: RunningEngine;
  readonly environment: Backend['environment'];
}

/** A backend over an engine that was started. */
export function createBackend({ id, engine, environment }: BackendParts): Backend {
  const { deterministic, strictNonFinite, deviations = [] } = engine.kind;
  let disposed = false;
  /** The backend itself, its programs, and the compiles that are under way. */
  let users = 1;
  const leave = async () => {
    users--;
    if (users === 0) await engine.release();
  };
  /** Makes something that uses the engine until it is disposed. */
  const joined = async <T extends AsyncDisposable>(make: () => Promise<T>): Promise<T> => {
    if (disposed) throw disposedError('backend');
    users++;
    let made: T;
    try {
      made = await make();
    } catch (error) {
      await leave();
      throw error;
    }
    let end: Promise<void> | undefined;
    const dispose = async () => {
      try {
        await made[Symbol.asyncDispose]();
      } finally {
        await leave();
      }
    };
    return {
      ...made,
      [Symbol.asyncDispose]() {
        end ??= dispose();
        return end;
      },
    };
  };
  return {
    id,
    environment,
    deviations,
    capabilities: {
      ops: opNames,
      precisions,
      profiling: false,
      strictNonFinite,
      deterministic,
      training: missingKernels(engine.tf, engine.kind).length === 0,
    },
    compile: (graph, weights, options = {}) => joined(() => compile(engine, graph, weights, options)),
    compileTraining: (training, weights, options) => joined(() => compileTraining(engine, training, weights, options)),
    testing: {
      memory() {
        const { numBytes } = engine.tf.engine().state; // tf.memory() would start an engine of its own choice
        return engine.kind.memory === 'host'
          ? { hostBytes: numBytes, deviceBytes: 0 }
          : { hostBytes: 0, deviceBytes: numBytes };
      },
    },
    async [Symbol.asyncDispose]() {
      if (disposed) return;
      disposed = true;
      await leave();
    },
  };
}

/**
 * Weights that are stored in fewer bits are restored to float32 here, once: tfjs has no kernels that read them, and restoring
 * them in every run costs more than a run (docs/performance/tfjs.md).
 */
async function compile(
  engine: RunningEngine,
  graph: Graph,
  weights: Weights | WeightSource,
  { outputs, precision = 'f32', signal }: CompileOptions,
): Promise<Program> {
  throwIfAborted(signal, 'compile');
  if (!isStorage(precision)) {
    throw new AlexNetError({
      code: 'unsupported',
      message: `There is no precision ${precision}`,
      fix: `Choose from ${precisions.join(' ')}.`,
      where: 'option precision',
    });
  }
  inferShapes(graph);
  checkWeights(graph, weights);
  const wanted = checkOutputs(graph, outputs);
  const { tf, kind, title } = engine;
  const stored = sourceAsStored(graph, sourceOfWeights(weights), precision);
  const prepared = await prepare({ ...graph, outputs: wanted }, stored, signal);
  const where = `compiling ${graph.name}`;
  const failed = (cause: unknown) => engineError(cause, title, where);
  const lease = await engine.current().catch((cause: unknown) => {
    throw failed(cause);
  });
  throwIfAborted(signal, 'compile');

  let lowered: Lowered | undefined;
  try {
    const { backend } = lease;
    const target = { tf, kind, backend, failed };
    lowered = await lower(target, prepared.graph, prepared.source, signal);
    checkOnEngine(engine, backend, lowered, failed);
  } catch (cause) {
    disposeAll(tf, lowered?.held ?? []);
    const reason = await lease.settled();
    throw reason === undefined ? cause : deviceLost(reason, title, where);
  }
  return createProgram({ tf, kind, title, lease, graph, outputs: wanted, lowered });
}

async function compileTraining(
  engine: RunningEngine,
  training: TrainingGraph,
  weights: Weights,
  { optimiser, outputs = [], signal }: TrainingOptions,
): Promise<Trainer> {
  throwIfAborted(signal, 'compileTraining');
  inferTrainingShapes(training);
  checkWeights(training.network, weights);
  checkOptimiser(
    optimiser,
    training.parameters.map(({ name }) => name),
  );
  checkTrainingOutputs(training, outputs);
  const { tf, kind, title } = engine;
  checkKernels(tf, kind, training.nodes);
  const where = `training ${training.name}`;
  const lease = await engine.current().catch((cause: unknown) => {
    throw engineError(cause, title, where);
  });
  throwIfAborted(signal, 'compileTraining');
  const trainer = await createTrainer({ tf, kind, title, lease, where, training, weights, optimiser, outputs });
  if (signal?.aborted) await trainer[Symbol.asyncDispose]();
  throwIfAborted(signal, 'compileTraining');
  return trainer;
}

function checkOnEngine(
  { kind }: RunningEngine,
  backend: KernelBackend,
  { held }: Lowered,
  failed: (cause: unknown) => Error,
): void {
  try {
    kind.checkWeights?.(backend, held);
  } catch (cause) {
    throw failed(cause);
  }
}

/** Runs the passes that keep every wanted value and leave the engine less to do. */
async function prepare(graph: Graph, weights: WeightSource, signal: AbortSignal | undefined): Promise<FoldedSource> {
  const needed = foldPadding(dropDropout(neededPart(graph)));
  const folded = await foldBatchNormOfSource(needed, weights, { signal });
  return { graph: annotateFusions(folded.graph), source: folded.source };
}
