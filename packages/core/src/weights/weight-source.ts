import type { Precision } from '../backend/backend.ts';
import { AlexNetError, throwIfAborted } from '../error.ts';
import type { Graph } from '../graph/graph.ts';
import { type Shape, sizeOf, type Tensor, type Weights } from '../tensor.ts';
import { storesAt, weightsAsStored } from './stored/as-stored.ts';
import { fromHalf } from './stored/half.ts';
import { restoreWeight, storeWeight } from './stored/store.ts';
import type { StoredWeight } from './stored/stored-weight.ts';

/*
 * Weights that are not all in memory: a native weight file that is being downloaded, a folder on disk. Who reads them gets rows when they
 * have arrived, and decides how many are in memory at once.
 */

/** What is known of a parameter before its values are there. */
export interface ParameterFacts {
  readonly shape: Shape;
  /** How it is stored, which for parameters that are not linear layers' weights is `f32` or `f16`. */
  readonly precision: Precision;
}

export interface RowOptions {
  /** Rows of the first axis, from the first up to, not including, the second. Default: all. */
  readonly rows?: readonly [from: number, to: number];
  readonly signal?: AbortSignal | undefined;
}

export interface WeightSource {
  /** In the order in which they arrive soonest, which is the order in which a network needs them. */
  readonly parameters: ReadonlyMap<string, ParameterFacts>;
  /**
   * Rows of a parameter, as stored; the shape given back is that of the rows. The caller owns the arrays. Fastest when asked in order.
   * Errors: `unknown-name`, `invalid-input` (rows), `invalid-file`, `aborted`, and those of the network.
   */
  read(name: string, options?: RowOptions): Promise<StoredWeight>;
}

export function isWeightSource(weights: Weights | WeightSource): weights is WeightSource {
  return 'read' in weights;
}

/** What stored values mean, in float32. Unlike `restoreWeight` it takes any shape for `f32` and `f16`, as biases and convolutions are stored. */
export function tensorOf(stored: StoredWeight, name?: string): Tensor {
  const { precision, shape, data } = stored;
  if (precision === 'f32') return { shape, data };
  if (precision === 'f16') return { shape, data: fromHalf(data) };
  return restoreWeight(stored, name);
}

/** The stored weight itself where it has the precision that is wanted, else what it means, stored anew. Errors: `invalid-weights`. */
export function inPrecision(stored: StoredWeight, precision: Precision, name?: string): StoredWeight {
  return stored.precision === precision ? stored : storeWeight(tensorOf(stored, name), precision, name);
}

/** Rows that are read at once where nobody says how many. */
const CHUNK_BYTES = 2 ** 24;

/** Ranges of rows of about 16 MB of float32 each. */
export function* rowChunks(
  [rows = 1, ...rest]: Shape,
  bytes = CHUNK_BYTES,
): Generator<[from: number, to: number], void> {
  const step = Math.max(1, Math.floor(bytes / (4 * sizeOf(rest))));
  for (let from = 0; from < rows; from += step) yield [from, Math.min(rows, from + step)];
}

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
  const rowSize = sizeOf(shape.slice(1));
  for (const rows of rowChunks(shape)) {
    throwIfAborted(signal, name);
    data.set(tensorOf(await source.read(name, { rows, signal }), name).data, rows[0] * rowSize);
  }
  return { shape, data };
}
