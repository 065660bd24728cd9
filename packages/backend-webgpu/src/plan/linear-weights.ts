import { Q4_BLOCK, type Shape, type StoredWeight } from '@alexnet/core';
import type { Segment } from './weights.ts';

/*
 * A linear layer's weight [out, in], as the kernels read it: one range of the input's vec4s at a time, since a device binds only so many
 * bytes at once. k counts inputs, o outputs; both are filled up to whole vec4s with zeros.
 */

/** Input vec4s that share a scale in q4: segments begin at their multiples. */
const SCALE_VECTORS = 8;

/** Cuts the input into ranges whose weights take at most `limit` bytes. */
export function segmentsOf({ shape, precision }: Pick<StoredWeight, 'shape' | 'precision'>, limit: number): Segment[] {
  const [out, features] = shape as readonly [number, number];
  const vectors = Math.ceil(features / 4);
  const bytes = Math.ceil(out / 4) * BYTES[precision];
  const most = Math.max(1, Math.floor(limit / bytes / SCALE_VECTORS)) * SCALE_VECTORS;
  return Array.from({ length: Math.ceil(vectors / most) }, (_, i) => ({
    first: i * most,
    vectors: Math.min(most, vectors - i * most),
  }));
}

/** Bytes of the 4x4 weights of one vec4 of inputs and one of outputs. */
const BYTES = { f32: 64, f16: 32, q8: 16, q4: 8 } as const;

/** Bytes of what a kernel reads at once: neighbours along the outputs lie one after the other, with the whole row of outputs between two inputs. */
const UNIT = { f32: 16, f16: 16, q8: 16, q4: 8 } as const;

/** A segment's matrix, or as many of its columns as `rows` of the weight fill: `lines` of `pitch` bytes. */
export function matrixOf(
  precision: StoredWeight['precision'],
  { vectors }: Segment,
  rows: number,
): { readonly lines: number; readonly pitch: number } {
  const outVectors = Math.ceil(rows / 4);
  return { lines: (vectors * BYTES[precision]) / UNIT[precision], pitch: outVectors * UNIT[precision] };
}

/** Writes some rows of a weight over zeros, as the matrix of a weight that has only these. */
export function writeMatrix(rows: StoredWeight, segment: Segment, target: ArrayBuffer): void {
  const [out, features] = rows.shape as readonly [number, number];
  const range = { out, features, ...segment, outVectors: Math.ceil(out / 4) };
  writers[rows.precision](rows as never, range, target);
}

/** The inverse of `writeMatrix` for a whole float32 weight: what a segment's matrix holds, into `values`, `[out, in]`. */
export function readMatrix(
  matrix: Float32Array,
  [out = 1, features = 1]: Shape,
  segment: Segment,
  values: Float32Array,
): void {
  const outVectors = Math.ceil(out / 4);
  each({ out, features, ...segment, outVectors }, (o, k, at) => {
    values[at] = matrix[k * outVectors * 4 + o]!;
  });
}

interface Range extends Segment {
  readonly out: number;
  readonly features: number;
  readonly outVectors: number;
}

/** Calls back for every weight of a range, rows in blocks that fit the caches: row o, input k from the range's start. */
function each({ out, features, first, vectors }: Range, visit: (o: number, k: number, at: number) => void): void {
  const last = Math.min(features, (first + vectors) * 4);
  for (let block = 0; block < out; block += ROWS) {
    for (let k = first * 4; k < last; k++) {
      for (let o = block; o < Math.min(block + ROWS, out); o++) visit(o, k - first * 4, o * features + k);
    }
  }
}

/** Rows that are transposed together: few enough that all their cache lines stay. */
const ROWS = 16;

type Writer<P> = (weight: Extract<StoredWeight, { precision: P }>, range: Range, target: ArrayBuffer) => void;

const writers: { readonly [P in StoredWeight['precision']]: Writer<P> } = {
  f32({ data }, { out, features, first, vectors, outVectors }, target) {
    const y = new Float32Array(target);
    const pitch = outVectors * 4;
    const from = first * 4;
    const last = Math.min(features, (first + vectors) * 4);
    for (let block = 0; block < out; block += ROWS) {
      const end = Math.min(block + ROWS, out);
      for (let k = from; k < last; k++) {
        for (let o = block; o < end; o++) y[(k - from) * pitch + o] = data[o * features + k]!;
      }
    }
  },
  f16({ data }, range, target) {
    const y = new Uint16Array(target);
    each(range, (o, k, at) => {
      y[((k >> 1) * range.outVectors + (o >> 2)) * 8 + (k & 1) * 4 + (o & 3)] = data[at]!;
    });
  },
  q8({ data }, range, target) {
    const y = new Int8Array(target);
    each(range, (o, k, at) => {
      y[((k >> 2) * range.outVectors + (o >> 2)) * 16 + (k & 3) * 4 + (o & 3)] = data[at]!;
    });
  },
  q4({ data }, range, target) {
    const y = new Uint8Array(target).fill(0x88);
    const rowBytes = Math.ceil(range.features / 32) * 16;
    each(range, (o, k) => {
      const byte = data[o * rowBytes + ((range.first * 4 + k) >> 1)]!;
      const nibble = k & 1 ? byte >> 4 : byte & 15;
      const at = ((k >> 2) * range.outVectors + (o >> 2)) * 8 + (k & 3) * 2 + ((o & 3) >> 1);
      y[at] = o & 1 ? (y[at]! & 0x0f) | (nibble << 4) : (y[at]! & 0xf0) | nibble;
    });
  },
};

/** The scales of a segment of a whole weight with `out` outputs, as the kernel reads them; undefined where there are none. */
export function scalesOf(
  precision: StoredWeight['precision'],
  { vectors }: Segment,
  out: number,
): Float32Array | Uint16Array | undefined {
  const pitch = Math.ceil(out / 4) * 4;
  if (precision === 'q8') return new Float32Array(pitch);
  return precision === 'q4' ? new Uint16Array(Math.ceil(vectors / SCALE_VECTORS) * pitch) : undefined;
}

/** Writes the scales of some rows, from row `from` on, where they belong in those of the whole weight. */
export function writeScales(
  rows: StoredWeight,
  { first, vectors }: Segment,
  from: number,
  target: Float32Array | Uint16Array,
): void {
  if (rows.precision === 'q8') target.set(rows.scales, from);
  if (rows.precision !== 'q4') return;
  const [out, features] = rows.shape as readonly [number, number];
  const blocks = Math.ceil(features / Q4_BLOCK);
  const own = Math.ceil(vectors / SCALE_VECTORS);
  const pitch = target.length / own;
  for (let b = 0; b < own; b++) {
    for (let o = 0; o < out; o++) target[b * pitch + from + o] = rows.scales[o * blocks + first / SCALE_VECTORS + b]!;
  }
}
