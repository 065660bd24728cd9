import {
  AlexNetError,
  annotateFusions,
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
  precisions,
  readAsStored,
  throwIfAborted,
  type WeightSource,
  type Weights,
} from '@alexnet/core';
import { withBackend } from '../engines/active.ts';
import { disposeAll } from '../lower/dispose.ts';
import { type Lowered, lower } from '../lower/lower.ts';
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
  return {
    id,
    environment,
    deviations,
    capabilities: { ops: opNames, precisions, profiling: false, strictNonFinite, deterministic },
    async compile(graph, weights, options = {}) {
      if (disposed) throw disposedError('backend');
      users++;
      let program: Program;
      try {
        program = await compile(engine, graph, weights, options);
      } catch (error) {
        await leave();
        throw error;
      }
      let end: Promise<void> | undefined;
      const dispose = async () => {
        try {
          await program[Symbol.asyncDispose]();
        } finally {
          await leave();
        }
      };
      return {
        ...program,
        [Symbol.asyncDispose]() {
          end ??= dispose();
          return end;
        },
      };
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
  if (!precisions.includes(precision)) {
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
  const prepared = prepare({ ...graph, outputs: wanted }, await readAsStored(graph, weights, precision, { signal }));
  const where = `compiling ${graph.name}`;
  const lease = await engine.current().catch((cause: unknown) => {
    throw engineError(cause, title, where);
  });
  throwIfAborted(signal, 'compile');

  let lowered: Lowered | undefined;
  try {
    const target = { tf, backend: lease.backend, form: kind.form };
    lowered = withBackend(tf, kind.backend, lease.backend, () => lower(target, prepared.graph, prepared.weights));
    kind.checkWeights?.(lease.backend, lowered.held);
  } catch (cause) {
    disposeAll(tf, lowered?.held ?? []);
    const reason = await lease.settled();
    throw reason === undefined ? engineError(cause, title, where) : deviceLost(reason, title, where);
  }
  return createProgram({ tf, kind, title, lease, graph, outputs: wanted, lowered });
}

/** Runs the passes that keep every wanted value and leave the engine less to do. */
function prepare(graph: Graph, weights: Weights): { graph: Graph; weights: Weights } {
  const folded = foldBatchNorm(foldPadding(dropDropout(neededPart(graph))), weights);
  return { graph: annotateFusions(folded.graph), weights: folded.weights };
}
