import type { Backend, Graph, Program, TensorMap, WeightSource, Weights } from '@alexnet/core';

/** One run of a program, as it was seen from outside. */
export interface RecordedRun {
  readonly graph: Graph;
  /** Absent where they were not handed over as a map. */
  readonly weights: Weights | undefined;
  /** The n-th program that was compiled, from 0. */
  readonly program: number;
  /** When it started and ended, counted in events. */
  readonly started: number;
  readonly ended: number;
  /** The caller's own tensors, and what was in them before the run. */
  readonly inputs: TensorMap;
  readonly given: TensorMap;
  /** The tensors that were returned, and what was in them then. */
  readonly outputs: TensorMap;
  readonly returned: TensorMap;
}

/** The backend, and what all its programs have done since. Failed runs are left out. */
export function observe(backend: Backend): { readonly backend: Backend; readonly runs: readonly RecordedRun[] } {
  const runs: RecordedRun[] = [];
  let [programs, events] = [0, 0];
  const watched = (program: Program, graph: Graph, weights: Weights | WeightSource): Program => {
    const known = { graph, weights: weights instanceof Map ? weights : undefined, program: programs++ };
    const { profile } = program;
    return {
      async run(inputs, options) {
        const started = events++;
        const given = copyOf(inputs);
        const outputs = await program.run(inputs, options);
        runs.push({ ...known, started, ended: events++, inputs, given, outputs, returned: copyOf(outputs) });
        return outputs;
      },
      ...(profile === undefined ? {} : { profile: (inputs) => profile.call(program, inputs) }),
      memory: () => program.memory(),
      [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
    };
  };
  return {
    runs,
    backend: {
      id: backend.id,
      environment: backend.environment,
      capabilities: backend.capabilities,
      ...(backend.deviations === undefined ? {} : { deviations: backend.deviations }),
      ...(backend.testing === undefined ? {} : { testing: backend.testing }),
      compile: async (graph, weights, options) =>
        watched(await backend.compile(graph, weights, options), graph, weights),
      [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
    },
  };
}

/** Whatever a broken backend returns: what is no tensor is left out. */
function copyOf(tensors: TensorMap): TensorMap {
  return Object.fromEntries(
    Object.entries(tensors ?? {}).flatMap(([name, tensor]) =>
      tensor?.data instanceof Float32Array
        ? [[name, { shape: [...tensor.shape], data: Float32Array.from(tensor.data) }] as const]
        : [],
    ),
  );
}
