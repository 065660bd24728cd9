import { type ByteSource, type Dtype, dtypeBytes, type Shape, showShape, sizeOf } from '@alexnet/core';
import { PbfReader } from 'pbf';
import type { CheckpointTensor } from './checkpoint-file.ts';
import { damaged } from './damaged.ts';
import { checkElements } from './element-range.ts';
import { type ByteRange, type Field, type FixedRun, rangeOf, readVarint } from './wire.ts';

/** The values of a tensor in a file of protocol buffers. */
export interface WireValues {
  readonly source: ByteSource;
  readonly dtype: Dtype;
  readonly shape: Shape;
  /** For errors: which tensor. */
  readonly where: string;
}

/** Bytes that are read at once where values must be picked out of other bytes. */
const CHUNK_BYTES = 2 ** 20;
/** The longest varint. */
const VARINT_BYTES = 10;

/** Bytes without anything between them, as a run of values. */
export function packedRun({ offset, length }: ByteRange, width: number): Run {
  return { width, offset, count: length / width, stride: width };
}

/** The values of a field, packed or not. Errors: `invalid-file` when it holds others than of `width` bytes. */
export function runOf(field: Field, width: 4 | 8, where: string): Run {
  if (field.kind !== 'fixed') return packedRun(rangeOf(field, where), width);
  if (field.width === width) return field;
  throw damaged(`There are values of ${field.width} bytes where they should have ${width}`, where, field.offset);
}

/** `FixedRun` for values of any width; a `count` that is not whole means bytes left over. */
export type Run = Omit<FixedRun, 'width'> & { readonly width: number };

/** A tensor of values that lie `stride` bytes apart. Errors: `invalid-file` when they are not as many as the shape says. */
export function runTensor({ source, dtype, shape, where }: WireValues, run: Run): CheckpointTensor {
  const elements = sizeOf(shape);
  checkCount(shape, run.count, where);
  return {
    dtype,
    shape,
    async read(from, to, options) {
      checkElements(from, to, elements, where);
      const { width, offset, stride } = run;
      const count = to - from;
      if (stride === width || count <= 1) return source.read(offset + from * stride, count * width, options);
      const result = new Uint8Array(count * width);
      const step = Math.floor(CHUNK_BYTES / stride);
      for (let first = 0; first < count; first += step) {
        const some = Math.min(step, count - first);
        const span = (some - 1) * stride + width;
        const bytes = await source.read(offset + (from + first) * stride, span, options);
        for (let i = 0; i < some; i++) {
          for (let byte = 0; byte < width; byte++) result[(first + i) * width + byte] = bytes[i * stride + byte]!;
        }
      }
      return result;
    },
  };
}

/**
 * A tensor of integers and 16-bit floats that are stored as varints, as many bits of each as its type has. Reading on from where the last
 * read ended is fast. Errors: `invalid-file` when there are too few or too many, told when the last one is read if not before.
 */
export function varintTensor({ source, dtype, shape, where }: WireValues, range: ByteRange): CheckpointTensor {
  const elements = sizeOf(shape);
  const width = dtypeBytes[dtype];
  if (!(elements <= range.length)) checkCount(shape, range.length, where); // a varint has a byte or more
  if (elements * VARINT_BYTES < range.length) checkCount(shape, Math.ceil(range.length / VARINT_BYTES), where);
  let resume = { element: 0, offset: 0 };
  return {
    dtype,
    shape,
    async read(from, to, options) {
      checkElements(from, to, elements, where);
      let { element, offset } = resume.element <= from ? resume : { element: 0, offset: 0 };
      const result = new Uint8Array((to - from) * width);
      while (element < to) {
        const left = range.length - offset;
        if (left === 0) checkCount(shape, element, where);
        const bytes = await source.read(range.offset + offset, Math.min(left, CHUNK_BYTES), options);
        const reader = new PbfReader(bytes);
        // the last bytes of a chunk may hold the beginning of a varint, except where nothing follows
        const safe = bytes.length === left ? left : bytes.length - VARINT_BYTES;
        for (; element < to && reader.pos < safe; element++) {
          const value = readVarint(reader, range.offset + offset, range.offset + range.length, where);
          if (element >= from) putInteger(result, (element - from) * width, value, width);
        }
        offset += reader.pos;
        resume = { element, offset };
      }
      if (to === elements && offset < range.length) {
        throw damaged(`More than the ${elements} values of ${showShape(shape)} are there`, where);
      }
      return result;
    },
  };
}

function checkCount(shape: Shape, found: number, where: string): void {
  const elements = sizeOf(shape);
  if (found === elements) return;
  throw damaged(`The shape ${showShape(shape).slice(0, 100)} has ${elements} values but there are ${found}`, where);
}

/** The low bits of a number, little-endian; negative ones in two's complement. */
function putInteger(bytes: Uint8Array, at: number, value: number, width: number): void {
  for (let byte = 0; byte < width; byte++) bytes[at + byte] = (value % 2 ** 32) >> (8 * byte);
}
