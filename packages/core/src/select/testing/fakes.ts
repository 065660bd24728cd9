import type {
  Availability,
  Backend,
  BackendProvider,
  Capabilities,
  Download,
  Environment,
  Program,
} from '../../backend/backend.ts';
import type { Graph } from '../../graph/graph.ts';
import { opNames } from '../../ops/index.ts';
import { evaluate, type Float64Tensor } from '../../oracle/evaluate.ts';
import type { Tensor, TensorMap, Weights } from '../../tensor.ts';

/*
 * Providers of backends that compute with the oracle, or wrongly, in a time of their own, and count what was made of them.
 */

/** Time that passes only when a fake backend computes. */
export interface FakeClock {
  now(): number;
  pass(ms: number): void;
}

export function fakeClock(): FakeClock {
  let time = 0;
  return {
    now: () => time,
    pass(ms) {
      time += ms;
    },
  };
}

/** What a backend computes instead of the network that it was given. */
export type Fault = (graph: Graph, weights: Weights) => { readonly graph: Graph; readonly weights: Weights };

export interface FakeOptions {
  readonly clock?: FakeClock;
  /** What one run takes. */
  readonly ms?: number;
  readonly fault?: Fault;
  readonly availability?: Availability;
  readonly probe?: () => Promise<Availability>;
  readonly create?: () => Promise<Backend>;
  readonly compile?: () => Promise<Program>;
  /** Does something to what a run gives; `run` counts from 1, over all programs. */
  readonly onRun?: (outputs: TensorMap, run: number) => TensorMap | Promise<TensorMap>;
  readonly environment?: Partial<Environment>;
  readonly capabilities?: Partial<Capabilities>;
  readonly download?: Download;
}

export interface Fake extends BackendProvider {
  /** How many backends and programs were made, and how many of them are left. */
  readonly counts: { probed: number; created: number; compiled: number; left: number; runs: number };
  /** Which threads were asked for. */
  readonly asked: (number | undefined)[];
}

export function fake(id: string, options: FakeOptions = {}): Fake {
  const counts = { probed: 0, created: 0, compiled: 0, left: 0, runs: 0 };
  const asked: (number | undefined)[] = [];
  const counted = <T extends object>(made: T): T & AsyncDisposable => {
    let gone = false;
    counts.left++;
    return {
      ...made,
      async [Symbol.asyncDispose]() {
        if (!gone) counts.left--;
        gone = true;
      },
    };
  };
  const compile = async (graph: Graph, weights: Weights, outputs: readonly string[]): Promise<Program> => {
    counts.compiled++;
    if (options.compile !== undefined) return options.compile();
    return counted({
      async run(inputs: TensorMap) {
        counts.runs++;
        options.clock?.pass(options.ms ?? 1);
        const values = computed(graph, weights, inputs, outputs, options.fault);
        return options.onRun === undefined ? values : options.onRun(values, counts.runs);
      },
      memory: () => ({ hostBytes: 0, deviceBytes: 0 }),
    });
  };
  return {
    id,
    counts,
    asked,
    ...(options.download === undefined ? {} : { download: options.download }),
    async probe() {
      counts.probed++;
      return options.probe?.() ?? options.availability ?? { available: true, detail: `${id} 1.0, CPU` };
    },
    async create({ threads } = {}) {
      counts.created++;
      asked.push(threads);
      if (options.create !== undefined) return options.create();
      return counted<Omit<Backend, typeof Symbol.asyncDispose>>({
        id,
        environment: {
          engine: `${id} 1.0`,
          device: 'CPU',
          threads: 1,
          fallback: false,
          notes: [],
          ...options.environment,
        },
        capabilities: {
          ops: opNames,
          precisions: ['f32'] as const,
          profiling: false,
          strictNonFinite: true,
          deterministic: true,
          ...options.capabilities,
        },
        compile: (graph, weights, { outputs = graph.outputs } = {}) => compile(graph, weights as Weights, outputs),
      });
    },
  };
}

/** What was computed before is not computed again: the same network is run by many fakes. */
const memory = new Map<Fault | undefined, Map<string, TensorMap>>();

function computed(
  given: Graph,
  givenWeights: Weights,
  inputs: TensorMap,
  outputs: readonly string[],
  fault: Fault | undefined,
): TensorMap {
  const known = memory.get(fault) ?? new Map<string, TensorMap>();
  memory.set(fault, known);
  const key = `${given.name} ${outputs.join()}`;
  const { graph, weights } = fault?.(given, givenWeights) ?? { graph: given, weights: givenWeights };
  const values = known.get(key) ?? toFloat32(evaluate(graph, weights, inputs, { outputs }));
  known.set(key, values);
  return copied(values);
}

function toFloat32(values: ReadonlyMap<string, Float64Tensor>): TensorMap {
  return Object.fromEntries(
    [...values].map(([name, { shape, data }]): [string, Tensor] => [name, { shape, data: Float32Array.from(data) }]),
  );
}

function copied(values: TensorMap): TensorMap {
  return Object.fromEntries(
    Object.entries(values).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
}
