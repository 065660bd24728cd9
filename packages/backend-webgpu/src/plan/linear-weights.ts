import type { StoredWeight } from '@alexnet/core';
import type { Constant } from './weights.ts';

/*
 * A linear layer's weight [out, in], as the kernels read it: one range of the input's vec4s at a time, since a device binds only so many
 * bytes at once. k counts inputs, o outputs; both are filled up to whole vec4s with zeros.
 */

/** A range of a weight's input vec4s. */
export interface Segment {
  readonly first: number;
  readonly vectors: number;
}

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

/** The buffers of one segment, in the order in which the kernel binds them. */
export function linearConstants(weight: StoredWeight, segment: Segment): Constant[] {
  const [out, features] = weight.shape as readonly [number, number];
  const range = { out, features, ...segment, outVectors: Math.ceil(out / 4) };
  const matrix: Constant = {
    bytes: segment.vectors * range.outVectors * BYTES[weight.precision],
    write: (target) => writers[weight.precision](weight as never, range, target),
  };
  return [matrix, ...scales(weight, range)];
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

function scales(weight: StoredWeight, { out, features, first, vectors, outVectors }: Range): Constant[] {
  switch (weight.precision) {
    case 'f32':
    case 'f16':
      return [];
    case 'q8':
      return [{ bytes: outVectors * 16, write: (target) => new Float32Array(target).set(weight.scales) }];
    case 'q4': {
      const blocks = Math.ceil(features / 32);
      const own = Math.ceil(vectors / SCALE_VECTORS);
      return [
        {
          bytes: own * outVectors * 8,
          write(target) {
            const y = new Uint16Array(target);
            for (let b = 0; b < own; b++) {
              for (let o = 0; o < out; o++)
                y[b * outVectors * 4 + o] = weight.scales[o * blocks + first / SCALE_VECTORS + b]!;
            }
          },
        },
      ];
    }
  }
}
