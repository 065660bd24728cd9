import type { Precision } from '../backend/backend.ts';
import { type Shape, sizeOf, type Tensor, type Weights } from '../tensor.ts';
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
  /**
   * What rows mean, in float32, into memory of the caller, of their size: without the copies between that `read` makes, which an engine
   * lets go of when it likes. For `f32`; errors as of `read`.
   */
  readInto?(name: string, target: Float32Array, options?: RowOptions): Promise<void>;
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
