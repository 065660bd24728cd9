import type { Precision } from '../backend/backend.ts';
import { AlexNetError, throwIfAborted } from '../error.ts';
import type { Graph } from '../graph/graph.ts';
import { type Shape, sizeOf, type Tensor, type Weights } from '../tensor.ts';
import { storesAt, weightsAsStored } from './stored/as-stored.ts';
import { storeWeight } from './stored/store.ts';
import { isWeightSource, rowChunks, tensorOf, type WeightSource } from './weight-source.ts';

/**
 * Reads parameters as float32, each into one array, with little more memory than these take. Default: all of them.
 * Errors: `invalid-weights` for a name that the source has not, and those of `read`.
 */
export async function collectWeights(
  source: WeightSource,
  {
    names = source.parameters.keys(),
    signal,
  }: { readonly names?: Iterable<string>; readonly signal?: AbortSignal | undefined } = {},
): Promise<Weights> {
  const wanted = new Set(names);
  const missing = [...wanted].find((name) => !source.parameters.has(name));
  if (missing !== undefined) {
    throw new AlexNetError({
      code: 'invalid-weights',
      message: `The weights have no parameter ${missing}`,
      fix: 'Check that the file belongs to this variant.',
    });
  }
  const weights = new Map<string, Tensor>();
  for (const [name, { shape }] of source.parameters) {
    if (wanted.has(name)) weights.set(name, await collect(source, name, shape, signal));
  }
  return weights;
}

/**
 * `weightsAsStored` of weights wherever they are: what a program of this precision computes with, as float32, in memory.
 * What the source stores in this precision already is not stored anew. Errors: `invalid-weights`, and those of `read`.
 */
export async function readAsStored(
  graph: Graph,
  weights: Weights | WeightSource,
  precision: Precision,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Weights> {
  if (!isWeightSource(weights)) return weightsAsStored(graph, weights, precision);
  const all = await collectWeights(weights, { names: graph.parameters.map(({ name }) => name), signal });
  const anew = new Set(
    storesAt(graph, precision).filter((name) => weights.parameters.get(name)!.precision !== precision),
  );
  return new Map(
    [...all].map(([name, tensor]) => [
      name,
      anew.has(name) ? tensorOf(storeWeight(tensor, precision, name), name) : tensor,
    ]),
  );
}

async function collect(source: WeightSource, name: string, shape: Shape, signal?: AbortSignal): Promise<Tensor> {
  const data = new Float32Array(sizeOf(shape));
  if (source.readInto !== undefined && source.parameters.get(name)!.precision === 'f32') {
    await source.readInto(name, data, { signal });
    return { shape, data };
  }
  const rowSize = sizeOf(shape.slice(1));
  for (const rows of rowChunks(shape)) {
    throwIfAborted(signal, name);
    data.set(tensorOf(await source.read(name, { rows, signal }), name).data, rows[0] * rowSize);
  }
  return { shape, data };
}
