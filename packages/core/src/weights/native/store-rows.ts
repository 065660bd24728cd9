import { throwIfAborted } from '../../error.ts';
import { type Shape, sizeOf, type Weights } from '../../tensor.ts';
import { dtypeBytes, type StoredTensor } from '../safetensors/dtype.ts';
import { toHalf } from '../stored/half.ts';
import { quantiseWeight } from '../stored/quantise.ts';
import { storeWeight } from '../stored/store.ts';
import type { StoredWeight } from '../stored/stored-weight.ts';
import type { ErrorSum } from '../stored/weight-error.ts';
import { isWeightSource, rowChunks, tensorOf, type WeightSource } from '../weight-source.ts';
import { tensorsOfRows } from './check-manifest.ts';
import type { NativePrecision, Part, ShardTensor } from './manifest.ts';

/** A part before it is in a shard. */
export interface StoredPart {
  readonly rows: Part['rows'];
  readonly data: StoredTensor;
  readonly scales?: StoredTensor;
}

/** Reads rows of a parameter. */
export type RowReader = (name: string, rows: Part['rows']) => Promise<StoredWeight>;

export function rowReader(weights: Weights | WeightSource, signal: AbortSignal | undefined): RowReader {
  return async (name, rows) => {
    throwIfAborted(signal, name);
    if (isWeightSource(weights)) return weights.read(name, { rows, signal });
    const { shape, data } = weights.get(name)!;
    const inner = shape.slice(1);
    const rowSize = sizeOf(inner);
    return {
      precision: 'f32',
      shape: [rows[1] - rows[0], ...inner],
      data: data.subarray(rows[0] * rowSize, rows[1] * rowSize),
    };
  };
}

/** What is done to a parameter, but for `dc`. */
export interface RowPlan {
  readonly name: string;
  readonly shape: Shape;
  readonly precision: Exclude<NativePrecision, 'dc'>;
  readonly scales: 'largest' | 'least-squares';
  readonly importance: Float32Array | undefined;
}

/** Stores rows, some at a time, and adds what is lost to `error`. What is stored in this precision already is kept as it is. */
export async function storeRows(
  plan: RowPlan,
  rows: Part['rows'],
  read: RowReader,
  error: ErrorSum,
): Promise<StoredPart> {
  const shape = [rows[1] - rows[0], ...plan.shape.slice(1)];
  const wanted = tensorsOfRows(plan.precision, shape);
  const data = emptyTensor({ dtype: wanted.data.dtype, shape: wanted.data.shape! });
  const scales = wanted.scales && emptyTensor({ dtype: wanted.scales.dtype, shape: wanted.scales.shape! });
  let dataAt = 0;
  let scalesAt = 0;
  for (const [from, to] of rowChunks(shape)) {
    const given = await read(plan.name, [rows[0] + from, rows[0] + to]);
    const stored = given.precision === plan.precision ? given : storeAs(given, plan);
    if (stored !== given) error.add(tensorOf(given).data, tensorOf(stored).data);
    data.data.set(bytesOf(stored.data), dataAt);
    dataAt += stored.data.byteLength;
    if (!('scales' in stored) || scales === undefined) continue;
    scales.data.set(bytesOf(stored.scales), scalesAt);
    scalesAt += stored.scales.byteLength;
  }
  return { rows, data, ...(scales === undefined ? {} : { scales }) };
}

function storeAs(given: StoredWeight, { name, precision, scales, importance }: RowPlan): StoredWeight {
  const tensor = tensorOf(given, name);
  switch (precision) {
    case 'f32':
      return { precision, ...tensor };
    case 'f16': // of any shape, as convolutions have it
      return { precision, shape: tensor.shape, data: toHalf(tensor.data) };
    case 'q8':
    case 'q4':
      return scales === 'largest'
        ? storeWeight(tensor, precision, name)
        : quantiseWeight(tensor, precision, { importance, name });
  }
}

function emptyTensor({ dtype, shape }: Pick<ShardTensor, 'dtype' | 'shape'>): StoredTensor {
  return { dtype, shape, data: new Uint8Array(sizeOf(shape) * dtypeBytes[dtype]) };
}

function bytesOf({ buffer, byteOffset, byteLength }: StoredWeight['data'] | Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
