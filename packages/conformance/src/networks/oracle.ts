import {
  checkInputs,
  checkWeights,
  evaluateNode,
  type Float64Tensor,
  type Graph,
  inferShapes,
  type Precision,
  type Tensor,
  throwIfAborted,
  type Weights,
  weightsAsStored,
} from '@alexnet/core';
import { type Allowed, allowedErrors } from '../tolerance.ts';
import type { NetworkUnderTest } from './checks.ts';
import { noiseOf } from './noise.ts';

/** One layer on one image: what the oracle computes from the float32 values of the layers before. */
export interface ExpectedLayer {
  readonly want: Float64Tensor;
  readonly allowed: Allowed;
  /** The relative error, in the 2-norm, that an ordinary float32 kernel adds in this layer (see `noise.ts`). */
  readonly noise: number;
}

/** What the oracle expects of a network on each of its images: by image, by node. */
export type Expected = ReadonlyMap<string, ReadonlyMap<string, ExpectedLayer>>;

export interface OracleProgress {
  readonly variant: string;
  readonly image: string;
  /** The node that is computed next. */
  readonly node: string;
  readonly index: number;
  readonly count: number;
}

export interface OracleOptions {
  /** How the weights of linear layers are stored; default f32. Layers before the first linear one are those of f32. */
  readonly precision?: Precision;
  readonly signal?: AbortSignal;
  onProgress?(progress: OracleProgress): void;
}

/** Keeps what the oracle computed, as long as the weights are alive. A full-size network takes about 20 MB per image. */
export interface OracleCache {
  /** Errors: `invalid-graph`, `invalid-weights`, `invalid-input`, `aborted`. */
  expect(network: NetworkUnderTest, options?: OracleOptions): Promise<Expected>;
}

type Layers = ReadonlyMap<string, ExpectedLayer>;

export function createOracleCache(): OracleCache {
  const known = new WeakMap<Weights, WeakMap<Graph, WeakMap<Tensor, Map<Precision, Layers>>>>();
  return {
    async expect({ variant, weights, images }, options = {}) {
      const { precision = 'f32' } = options;
      const byTensor = memo(memo(known, weights), variant.graph);
      const expected = new Map<string, Layers>();
      for (const image of images) {
        const byPrecision = byTensor.get(image.tensor) ?? new Map<Precision, Layers>();
        byTensor.set(image.tensor, byPrecision);
        const exact = byPrecision.get('f32') ?? (await expectLayers(variant, weights, image, options));
        byPrecision.set('f32', exact);
        const layers = byPrecision.get(precision) ?? (await expectStored(variant, weights, image, exact, options));
        byPrecision.set(precision, layers);
        expected.set(image.name, layers);
      }
      return expected;
    },
  };
}

function memo<K extends object, L extends object, V>(map: WeakMap<K, WeakMap<L, V>>, key: K): WeakMap<L, V> {
  const inner = map.get(key) ?? new WeakMap<L, V>();
  map.set(key, inner);
  return inner;
}

/** The layers of a network whose linear weights are stored; what comes before the first of them is as it was. */
function expectStored(
  variant: NetworkUnderTest['variant'],
  weights: Weights,
  image: NetworkUnderTest['images'][number],
  exact: Layers,
  options: OracleOptions,
): Promise<Layers> {
  const { nodes } = variant.graph;
  const first = nodes.findIndex(({ op }) => op === 'linear');
  const unchanged = new Map([...exact].slice(0, first < 0 ? nodes.length : first));
  return expectLayers(
    variant,
    weightsAsStored(variant.graph, weights, options.precision ?? 'f32'),
    image,
    options,
    unchanged,
  );
}

/** Runs the oracle node by node, with float32 values in between and a turn of the event loop before each. `known` are its first layers. */
async function expectLayers(
  { id, graph }: NetworkUnderTest['variant'],
  weights: Weights,
  image: NetworkUnderTest['images'][number],
  { signal, onProgress }: OracleOptions,
  known: Layers = new Map(),
): Promise<Layers> {
  const shapes = inferShapes(graph);
  const input = graph.inputs[0]!;
  checkWeights(graph, weights);
  const batch = checkInputs(graph, { [input.name]: image.tensor });
  const given = new Map([[input.name, Float64Array.from(image.tensor.data)]]);
  const layers = new Map(known);
  for (const [name, { want }] of known) given.set(name, Float64Array.from(want.data, Math.fround));
  for (const [index, node] of graph.nodes.entries()) {
    if (layers.has(node.name)) continue;
    onProgress?.({ variant: id, image: image.name, node: node.name, index, count: graph.nodes.length });
    await new Promise((resolve) => setTimeout(resolve));
    throwIfAborted(signal, `oracle, node ${node.name}`);
    const operands = node.inputs.map((name) => given.get(name)!);
    const evaluation = evaluateNode(shapes, node, weights, operands, batch);
    const allowed = allowedErrors({ node, operand: operands[0]!, evaluation, data: 'random' });
    layers.set(node.name, { want: evaluation.value, allowed, noise: noiseOf(node.op, evaluation, allowed) });
    given.set(node.name, Float64Array.from(evaluation.value.data, Math.fround));
  }
  return layers;
}
