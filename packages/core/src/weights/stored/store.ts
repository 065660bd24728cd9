import type { Precision } from '../../backend/backend.ts';
import { AlexNetError } from '../../error.ts';
import { showShape, sizeOf, type Tensor } from '../../tensor.ts';
import { countNonFinite } from '../non-finite.ts';
import { fromHalf, toHalf } from './half.ts';
import { Q4_LIMIT, restoreQ4, storeQ4 } from './q4.ts';
import { restoreQ8, storeQ8 } from './q8.ts';
import { type Extent, Q4_BLOCK, type StoredWeight } from './stored-weight.ts';

/**
 * Stores a linear layer's weight [out, in]; `f32` keeps the tensor's own data. `name` is for messages. 38 million values take well below a second.
 * NaN and infinities: f32 and f16 keep them (f16 also makes infinities of magnitudes from 65520 on); q8 and q4 cannot hold them.
 * Errors: `invalid-weights` for another shape than [out, in], for values that q8 and q4 cannot hold, for a magnitude of 524160 or more in q4.
 */
export function storeWeight(tensor: Tensor, precision: Precision, name = 'weight'): StoredWeight {
  return storeWith(tensor, precision, name, {});
}

/** Finds better scales than those of the largest magnitudes. */
export interface ScaleSearch {
  readonly q8?: (data: Float32Array, extent: Extent) => Float32Array;
  readonly q4?: (data: Float32Array, extent: Extent) => Uint16Array;
}

/** `storeWeight`, with scales of a search. */
export function storeWith(
  { shape, data }: Tensor,
  precision: Precision,
  name: string,
  search: ScaleSearch,
): StoredWeight {
  const extent = extentOf(shape, name);
  if (data.length !== sizeOf(shape)) throw wrong(name, `holds ${data.length} values, not ${sizeOf(shape)}`);
  switch (precision) {
    case 'f32':
      return { precision, shape, data };
    case 'f16':
      return { precision, shape, data: toHalf(data) };
    case 'q8':
      checkFinite(data, precision, name);
      return { precision, shape, ...storeQ8(data, extent, search.q8?.(data, extent)) };
    case 'q4':
      checkFinite(data, precision, name);
      checkBelow(Q4_LIMIT, data, name);
      return { precision, shape, ...storeQ4(data, extent, search.q4?.(data, extent)) };
  }
}

/**
 * What a stored weight means: the dequantised float32 values, [out, in]. The data of `f32` is not copied.
 * Errors: `invalid-weights` when the arrays are not as long as the shape asks for.
 */
export function restoreWeight(stored: StoredWeight, name = 'weight'): Tensor {
  const extent = extentOf(stored.shape, name);
  checkLengths(stored, extent, name);
  return { shape: stored.shape, data: valuesOf(stored, extent) };
}

function valuesOf(stored: StoredWeight, extent: Extent): Float32Array {
  switch (stored.precision) {
    case 'f32':
      return stored.data;
    case 'f16':
      return fromHalf(stored.data);
    case 'q8':
      return restoreQ8(stored, extent);
    case 'q4':
      return restoreQ4(stored, extent);
  }
}

function extentOf(shape: readonly number[], name: string): Extent {
  const [out, features] = shape;
  if (shape.length === 2 && out !== undefined && features !== undefined) return { out, features };
  throw wrong(name, `has shape ${showShape(shape)}, not [out, in]`);
}

function checkFinite(data: Float32Array, precision: Precision, name: string): void {
  const [odd] = countNonFinite(new Map([[name, { shape: [data.length], data }]]));
  if (odd === undefined) return;
  throw wrong(
    name,
    `holds ${odd.nan} NaN and ${odd.infinite} infinite values, which ${precision} cannot store`,
    'Store it as f32 or f16.',
  );
}

function checkBelow(limit: number, data: Float32Array, name: string): void {
  let largest = 0;
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i]!));
  if (largest < limit) return;
  throw wrong(name, `reaches ${largest}, and q4 stores magnitudes below ${limit}`, 'Store it as f32 or q8.');
}

function checkLengths(stored: StoredWeight, { out, features }: Extent, name: string): void {
  const blocks = Math.ceil(features / Q4_BLOCK);
  const isQ4 = stored.precision === 'q4';
  const size = isQ4 ? (out * blocks * Q4_BLOCK) / 2 : out * features;
  if (stored.data.length !== size) throw wrong(name, `holds ${stored.data.length} stored elements, not ${size}`);
  if (!('scales' in stored)) return;
  const count = isQ4 ? out * blocks : out;
  if (stored.scales.length !== count) throw wrong(name, `holds ${stored.scales.length} scales, not ${count}`);
}

function wrong(name: string, what: string, fix?: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-weights',
    message: `The weight ${name} ${what}`,
    where: `tensor ${name}`,
    ...(fix === undefined ? {} : { fix }),
  });
}
