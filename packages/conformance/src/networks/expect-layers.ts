import {
  checkInputs,
  checkWeights,
  evaluateNode,
  inferShapes,
  type Precision,
  throwIfAborted,
  type Weights,
} from '@alexnet/core';
import { allowedErrors } from '../numerics/tolerance.ts';
import type { NetworkUnderTest } from './checks.ts';
import type { ExpectedLayer, ExpectedLayers } from './expected.ts';
import { noiseOf } from './noise.ts';
import type { OracleOptions } from './oracle.ts';
import { oracleKey, type TensorHashes } from './oracle-key.ts';
import { fromStore, isKept, type OracleStore } from './oracle-store.ts';

export interface Expectation {
  readonly variant: NetworkUnderTest['variant'];
  /** As given, in float32. */
  readonly weights: Weights;
  readonly precision: Precision;
  /** The weights as the precision stores them; asked for where a layer is computed only, since it takes seconds. */
  readonly stored: () => Weights;
  readonly image: NetworkUnderTest['images'][number];
  /** The first layers, where they are known. */
  readonly before?: ExpectedLayers;
  /** Where layers are kept from run to run. */
  readonly kept?: { readonly store: OracleStore; readonly hashes: TensorHashes };
  readonly options: Pick<OracleOptions, 'signal' | 'onProgress'>;
}

/** Runs the oracle node by node, with float32 values in between and a turn of the event loop before each. */
export async function expectLayers(expectation: Expectation): Promise<ExpectedLayers> {
  const { variant, weights, precision, stored, image, before = new Map(), kept, options } = expectation;
  const { graph } = variant;
  const shapes = inferShapes(graph);
  const input = graph.inputs[0]!;
  checkWeights(graph, weights);
  const batch = checkInputs(graph, { [input.name]: image.tensor });
  const given = new Map<string, Float64Array>([[input.name, new Float64Array(image.tensor.data)]]);
  const layers = new Map<string, ExpectedLayer>(before);
  for (const [index, node] of graph.nodes.entries()) {
    if (layers.has(node.name)) continue;
    options.onProgress?.({
      variant: variant.id,
      image: image.name,
      node: node.name,
      index,
      count: graph.nodes.length,
    });
    await new Promise((resolve) => setTimeout(resolve));
    throwIfAborted(options.signal, `oracle, node ${node.name}`);
    const operands = node.inputs.map((name) => given.get(name) ?? asRead(layers.get(name)!));
    const compute = (): ExpectedLayer => {
      const evaluation = evaluateNode(shapes, node, node.op === 'linear' ? stored() : weights, operands, batch);
      const allowed = allowedErrors({ node, operand: operands[0]!, evaluation, data: 'random' });
      return { want: evaluation.value, allowed, noise: noiseOf(node.op, evaluation, allowed) };
    };
    const layer =
      kept === undefined || !isKept(node)
        ? compute()
        : await fromStore({
            store: kept.store,
            key: () =>
              oracleKey(
                {
                  node,
                  operand: { shape: [batch, ...shapes.values.get(node.inputs[0])!], data: operands[0]! },
                  weights,
                  precision: node.op === 'linear' ? precision : 'f32',
                },
                kept.hashes,
              ),
            shape: [batch, ...shapes.values.get(node.name)!],
            compute,
          });
    layers.set(node.name, layer);
    given.set(node.name, asRead(layer));
  }
  return layers;
}

/** What the next node reads of a layer: float32 values. */
function asRead({ want }: ExpectedLayer): Float64Array {
  return new Float64Array(new Float32Array(want.data));
}
