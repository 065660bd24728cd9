import type { BufferName } from './step.ts';

/*
 * Weights in the kernels' own layouts, written straight into mapped device memory. A plan only says what is to be written: the
 * parameters may still be arriving.
 */

/** Values of parameters, by name. */
export type ValuesOf = (parameter: string) => Float32Array;

/** A buffer that is written at once: how many bytes, from which parameters, and what writes them over the zeros that it holds. */
export interface Constant {
  readonly bytes: number;
  readonly reads: readonly string[];
  write(target: ArrayBuffer, valuesOf: ValuesOf): void;
  /** The inverse, where it holds one parameter or a part of one: writes into `values` what the buffer holds of it. */
  read?(source: Float32Array, values: Float32Array): void;
}

/** What a plan keeps on the device. */
export interface Declared {
  readonly constants: Map<BufferName, Constant>;
  readonly linear: LinearWeight[];
}

/** A linear layer's weight: too large for the host to hold twice, so it is written some rows at a time. */
export interface LinearWeight {
  readonly parameter: string;
  readonly segments: readonly SegmentBuffers[];
}

/** A range of a weight's input vec4s. */
export interface Segment {
  readonly first: number;
  readonly vectors: number;
}

/** The buffers of a segment, in the order in which the kernel binds them. */
export interface SegmentBuffers extends Segment {
  readonly matrix: BufferName;
  readonly scales?: BufferName;
}

/**
 * OIHW to [group][tap][vec4 of c][c in the vec4][vec4 of o in the group], both filled up with zeros. Several groups must fill their vec4s.
 * A linear layer's [out, in] is the case of one group and one tap.
 */
export function matrixConstant(
  parameter: string,
  { groups, out, perGroup, taps }: { groups: number; out: number; perGroup: number; taps: number },
): Constant {
  const groupOut = out / groups;
  const inVectors = Math.ceil(perGroup / 4);
  const pitch = Math.ceil(groupOut / 4) * 4;
  /** Calls back with where each weight is in the buffer, and in OIHW. */
  const each = (visit: (at: number, given: number) => void) => {
    for (let g = 0; g < groups; g++) {
      for (let first = 0; first < groupOut; first += BLOCK) {
        const last = Math.min(first + BLOCK, groupOut);
        for (let tap = 0; tap < taps; tap++) {
          const block = (g * taps + tap) * inVectors * 4;
          for (let c = 0; c < perGroup; c++) {
            const at = (block + c) * pitch;
            for (let o = first; o < last; o++) visit(at + o, ((g * groupOut + o) * perGroup + c) * taps + tap);
          }
        }
      }
    }
  };
  return {
    bytes: groups * taps * inVectors * 4 * pitch * 4,
    reads: [parameter],
    write(target, valuesOf) {
      const data = valuesOf(parameter);
      const y = new Float32Array(target);
      each((at, given) => (y[at] = data[given]!));
    },
    read: (source, values) => each((at, given) => (values[given] = source[at]!)),
  };
}

/** Rows that are transposed together: few enough that all their cache lines stay. */
const BLOCK = 16;

/** Lists of `length` values one after the other, each filled up with zeros to whole vec4s: parameters, or what is computed of one. */
export function vectorConstant(
  length: number,
  lists: readonly (string | { readonly reads: readonly string[]; of(valuesOf: ValuesOf): Float32Array })[],
): Constant {
  const pitch = Math.ceil(length / 4) * 4;
  return {
    ...(lists.length === 1 && typeof lists[0] === 'string' ? { read: asItIs } : {}),
    bytes: lists.length * pitch * 4,
    reads: lists.flatMap((list) => (typeof list === 'string' ? [list] : list.reads)),
    write(target, valuesOf) {
      const y = new Float32Array(target);
      for (const [i, list] of lists.entries()) {
        y.set(typeof list === 'string' ? valuesOf(list) : list.of(valuesOf), i * pitch);
      }
    },
  };
}

/** A bias, zeros where a layer has none. */
export function biasConstant(length: number, bias: string | undefined): Constant {
  return bias === undefined
    ? { bytes: Math.ceil(length / 4) * 16, reads: [], write: () => {} }
    : vectorConstant(length, [bias]);
}

/** `length` values as they are, filled up to a whole vec4. */
export function plainConstant(parameter: string, length: number): Constant {
  return {
    bytes: Math.ceil(length / 4) * 16,
    reads: [parameter],
    write: (target, valuesOf) => new Float32Array(target).set(valuesOf(parameter)),
    read: asItIs,
  };
}

function asItIs(source: Float32Array, values: Float32Array): void {
  values.set(source.subarray(0, values.length));
}
