import {
  type Backend,
  type BackendProvider,
  type CompileOptions,
  isStorage,
  type Program,
  precisions,
} from '../backend/backend.ts';
import { checkInputs, checkOutputs } from '../backend/inputs.ts';
import { AlexNetError, throwIfAborted } from '../error.ts';
import type { Graph } from '../graph/graph.ts';
import { inferShapes } from '../graph/infer.ts';
import { opNames } from '../ops/index.ts';
import { sizeOf, type Weights } from '../tensor.ts';
import { referenceTrainer } from '../training/reference-trainer.ts';
import { untilDone } from '../until-done.ts';
import { checkWeights } from '../weights/check.ts';
import { readAsStored } from '../weights/read-weights.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { evaluateSteps } from './evaluate.ts';

/** The oracle as a backend: slow, without dependencies, always there. Computes in float64, returns float32. */
export function referenceProvider(): BackendProvider {
  return {
    id: 'reference',
    probe: async () => ({ available: true, detail: 'float64 loops in plain JavaScript; slow, exact' }),
    create: async () => referenceBackend(),
  };
}

function referenceBackend(): Backend {
  let disposed = false;
  return {
    id: 'reference',
    environment: {
      engine: '@alexnet/core oracle',
      device: 'JavaScript, float64',
      threads: 1,
      simd: false,
      fallback: false,
      notes: ['One thread: this backend is the yardstick, not a way to be fast.'],
    },
    capabilities: {
      ops: opNames,
      precisions,
      profiling: false,
      strictNonFinite: true,
      deterministic: true,
      training: true,
    },
    async compile(graph, weights, options = {}) {
      if (disposed) throw gone('backend');
      return compile(graph, weights, options);
    },
    async compileTraining(training, weights, options) {
      if (disposed) throw gone('backend');
      return referenceTrainer(training, weights, options);
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
    },
  };
}

async function compile(
  graph: Graph,
  weights: Weights | WeightSource,
  { outputs, precision = 'f32', signal }: CompileOptions,
): Promise<Program> {
  throwIfAborted(signal, 'compile');
  if (!isStorage(precision)) {
    throw new AlexNetError({
      code: 'unsupported',
      message: `The reference backend stores weights as ${precisions.join(', ')}, not as ${precision}`,
      fix: 'Choose one of these, or leave precision out.',
    });
  }
  inferShapes(graph);
  checkWeights(graph, weights);
  const wanted = checkOutputs(graph, outputs);
  // The program keeps its own map, so that a caller who changes theirs does not change a compiled program.
  // It computes with what stored weights mean, as float32: precisions make it no smaller or faster.
  const meant = await readAsStored(graph, weights, precision, { signal });
  throwIfAborted(signal, 'compile');
  let held: Weights | undefined = new Map(graph.parameters.map(({ name }) => [name, meant.get(name)!]));
  const bytes = graph.parameters.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);

  return {
    async run(inputs, options = {}) {
      throwIfAborted(options.signal, 'run');
      if (held === undefined) throw gone('program');
      checkInputs(graph, inputs);
      const values = await untilDone(evaluateSteps(graph, held, inputs, { outputs: wanted }), options.signal, 'run');
      return Object.fromEntries(
        [...values].map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
      );
    },
    memory: () => ({ hostBytes: held === undefined ? 0 : bytes, deviceBytes: 0 }),
    async [Symbol.asyncDispose]() {
      held = undefined;
    },
  };
}

function gone(what: string): AlexNetError {
  return new AlexNetError({
    code: 'disposed',
    message: `The ${what} was disposed before this call`,
    fix: 'Compile again.',
  });
}
