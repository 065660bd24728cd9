import {
  AlexNetError,
  type Backend,
  type BackendTesting,
  type Capabilities,
  type CompileOptions,
  checkInputs,
  checkOutputs,
  checkWeights,
  collectWeights,
  evaluateNode,
  type Float64Tensor,
  type Graph,
  inferShapes,
  isStorage,
  isWeightSource,
  type Node,
  opNames,
  type Program,
  precisions,
  type RunOptions,
  restoreWeight,
  type Shape,
  type StoredWeight,
  storesAt,
  storeWeight,
  type Tensor,
  type TensorMap,
  throwIfAborted,
  type Weights,
} from '@alexnet/core';
import { rules } from '../numerics/tolerance.ts';
import { alteredTrainer, offByAUnit, type TrainingAlteration } from './altered-trainer.ts';

/*
 * A correct backend, made of the oracle, that tests of the suite alter: a wrong result of one node, another kernel, or a broken contract.
 */

/** One node about to be computed. */
export interface Call<N extends Node = Node> {
  readonly node: N;
  /** What it reads, without batch in `shape`. */
  readonly input: { readonly shape: Shape; readonly data: Float64Array };
  readonly output: Shape;
  readonly batch: number;
  readonly weights: Weights;
  /** The right value; of the node as it is, or changed. */
  evaluate(changed?: { node?: N; input?: Float64Array; weights?: Weights }): Tensor;
}

export interface Alteration {
  /** Computes a node; undefined leaves it to the oracle. */
  readonly node?: (call: Call) => Tensor | undefined;
  /** Changes how it trains. */
  readonly training?: TrainingAlteration;
  /** Changes a stored weight, or computes what it means in its own way. */
  readonly stored?: (stored: StoredWeight, given: Tensor, name: string) => Tensor;
  readonly program?: (program: Program, graph: Graph) => Program;
  readonly capabilities?: Partial<Capabilities>;
  readonly testing?: BackendTesting;
  /** Results of ops that round are up to a unit in the last place off, as those of an ordinary float32 kernel are; of the oracle they are exact. */
  readonly inexact?: boolean;
  /** What not to check: a backend that trusts its caller. */
  readonly unchecked?: readonly ('inputs' | 'outputs' | 'weights' | 'signal' | 'disposed' | 'precision' | 'graph')[];
}

export function alteredBackend(alteration: Alteration = {}): Backend {
  let devices = 1;
  return {
    id: 'altered',
    environment: { engine: 'oracle', device: 'test', threads: 1, fallback: false, notes: [] },
    capabilities: {
      ops: opNames,
      precisions,
      profiling: false,
      strictNonFinite: true,
      deterministic: true,
      training: true,
      ...alteration.capabilities,
    },
    testing: {
      memory: () => ({ hostBytes: 0, deviceBytes: 0 }),
      async loseDevice() {
        devices++;
      },
      ...alteration.testing,
    },
    async compile(graph, weights, options = {}) {
      const inMemory = isWeightSource(weights) ? await collectWeights(weights) : weights;
      const device = devices;
      const program = whileAlive(compile(graph, inMemory, options, alteration), () => device === devices);
      await Promise.resolve();
      if (!alteration.unchecked?.includes('signal')) throwIfAborted(options.signal, 'compile');
      return alteration.program?.(program, graph) ?? program;
    },
    compileTraining: (training, weights, options) =>
      alteredTrainer(training, weights, options, alteration.training, alteration.inexact),
    async [Symbol.asyncDispose]() {},
  };
}

/** A program whose runs fail once its device is gone. */
function whileAlive(program: Program, alive: () => boolean): Program {
  const check = () => {
    if (!alive()) throw new AlexNetError({ code: 'device-lost', message: 'The device was lost' });
  };
  return {
    ...program,
    async run(inputs, options) {
      check();
      const outputs = await program.run(inputs, options);
      check();
      return outputs;
    },
  };
}

function compile(
  graph: Graph,
  given: Weights,
  options: CompileOptions,
  {
    node: alter,
    stored = (weight) => restoreWeight(weight),
    unchecked = [],
    capabilities,
    inexact = false,
  }: Alteration,
): Program {
  const checked = (what: NonNullable<Alteration['unchecked']>[number]) => !unchecked.includes(what);
  if (checked('signal')) throwIfAborted(options.signal, 'compile');
  const { precision = 'f32' } = options;
  const declared: Capabilities['precisions'] = capabilities?.precisions ?? precisions;
  if (checked('precision') && !declared.includes(precision))
    throw new AlexNetError({ code: 'unsupported', message: `Not ${precision}` });
  const shapes = checked('graph') ? inferShapes(graph) : lenientShapes(graph);
  if (checked('weights')) checkWeights(graph, given);
  const restored = isStorage(precision)
    ? storesAt(graph, precision).map(
        (name) => [name, stored(storeWeight(given.get(name)!, precision, name), given.get(name)!, name)] as const,
      )
    : [];
  const weights: Weights = new Map([...given, ...restored]);
  const wanted = checked('outputs') ? checkOutputs(graph, options.outputs) : (options.outputs ?? graph.outputs);
  let disposed = false;

  const run = async (inputs: TensorMap, { signal }: RunOptions = {}): Promise<TensorMap> => {
    if (checked('signal')) throwIfAborted(signal, 'run');
    if (disposed && checked('disposed'))
      throw new AlexNetError({ code: 'disposed', message: 'The program was disposed' });
    const batch = checked('inputs') ? checkInputs(graph, inputs) : 2;
    await Promise.resolve();
    if (checked('signal')) throwIfAborted(signal, 'run');
    const copies = Object.entries(inputs).map(
      ([name, { shape, data }]) => [name, { shape, data: data.slice() }] as const,
    );
    const values = new Map<string, Tensor>(copies);
    for (const node of graph.nodes) {
      const [from] = node.inputs;
      const read = values.get(from);
      const shape = shapes.values.get(from)!;
      const size = shape.reduce((a, b) => a * b, batch);
      const data = Float64Array.from({ length: size }, (_, i) => read?.data[i] ?? 0);
      const call: Call = {
        node,
        input: { shape, data },
        output: shapes.values.get(node.name)!,
        batch,
        weights,
        evaluate(changed = {}) {
          const [to, from64] = [changed.weights ?? weights, changed.input ?? data];
          const exact = evaluateAlone({ ...(changed.node ?? node) }, shape, graph, to, from64, batch);
          const { data: values64 } = exact;
          const as32 = inexact && typeof rules[node.op] === 'function' ? values64.map(offByAUnit) : values64;
          return { shape: exact.shape, data: Float32Array.from(as32) };
        },
      };
      values.set(node.name, alter?.(call) ?? call.evaluate());
    }
    return Object.fromEntries(
      wanted.map((name) => [name, values.get(name) ?? { shape: [], data: new Float32Array() }]),
    );
  };

  return {
    run,
    memory: () => ({ hostBytes: 0, deviceBytes: 0 }),
    async [Symbol.asyncDispose]() {
      disposed = true;
    },
  };
}

/** A node as a graph of its own, so that its attributes may differ from those of the graph that it comes from. */
function evaluateAlone(
  node: Node,
  shape: Shape,
  graph: Graph,
  weights: Weights,
  data: Float64Array,
  batch: number,
): Float64Tensor {
  const alone = { ...graph, inputs: [{ name: node.inputs[0], shape }], nodes: [node], outputs: [node.name] };
  return evaluateNode(inferShapes(alone), node, weights, [data], batch).value;
}

/** Shapes of a graph with a node that reads nothing known: such nodes are left out, as a careless backend does. */
function lenientShapes(graph: Graph): ReturnType<typeof inferShapes> {
  const known = new Set(graph.inputs.map(({ name }) => name));
  const nodes = graph.nodes.filter(({ name, inputs }) => inputs.every((input) => known.has(input)) && known.add(name));
  const { values, parameters } = inferShapes({ ...graph, nodes, outputs: [nodes.at(-1)!.name] });
  const lenient = new Map(values);
  for (const { name } of graph.nodes) if (!lenient.has(name)) lenient.set(name, [1]);
  return { values: lenient, parameters };
}
