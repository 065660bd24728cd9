import { type Dtype, type StoredTensor, showShape, sizeOf } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import { bytesOf, numberOf, readFields, readVarints, textOf } from '../wire.ts';
import { type ExternalRange, readExternalRange, sliceExternal } from './external.ts';

/** An initializer as the file describes it, its values not yet looked at. */
export interface TensorProto {
  readonly name: string;
  readonly shape: readonly number[];
  /** Undefined for element types that are not floating point, such as the target shape of a Reshape. */
  readonly dtype: FloatType | undefined;
  readonly content: Content;
}

type FloatType = Extract<Dtype, 'F32' | 'F16' | 'BF16' | 'F64'>;

/** Where the values are: as little-endian bytes, as varints (16-bit floats in the low half of an int32), or in another file. */
type Content =
  | { readonly kind: 'bytes' | 'varints'; readonly bytes: Uint8Array }
  | { readonly kind: 'external'; readonly range: ExternalRange };

/** TensorProto.DataType, as far as it is floating point. */
const floatTypes: Readonly<Record<number, FloatType>> = { 1: 'F32', 10: 'F16', 11: 'F64', 16: 'BF16' };
const bytesPerElement = { F32: 4, F16: 2, BF16: 2, F64: 8 } as const;

/** TensorProto.DataLocation.EXTERNAL */
const EXTERNAL = 1;
const MAX_RANK = 32;

/** Reads a TensorProto (onnx/onnx.proto). Errors: `invalid-file`. */
export function readTensorProto(message: Uint8Array, index: number): TensorProto {
  let where = `initializer number ${index}`;
  let name = '';
  let type = 0;
  let location = 0;
  const shape: number[] = [];
  const contents: Content[] = [];
  const entries: Uint8Array[] = [];
  for (const { number, value } of readFields(message, where)) {
    if (number === 1) shape.push(...readDims(value, shape.length, where));
    else if (number === 2) type = numberOf(value, where);
    else if (number === 8) name = textOf(value, where);
    else if (number === 14) location = numberOf(value, where);
    else if (number === 13) entries.push(bytesOf(value, where));
    // float_data, raw_data, double_data; then int32_data
    else if (number === 4 || number === 9 || number === 10)
      contents.push({ kind: 'bytes', bytes: bytesOf(value, where) });
    else if (number === 5 && typeof value !== 'number') contents.push({ kind: 'varints', bytes: value });
  }
  where = initializerNamed(name);
  if (location === EXTERNAL) contents.push({ kind: 'external', range: readExternalRange(entries, where) });
  if (contents.length > 1) throw damaged('The values are given in more than one piece', where);
  return { name, shape, dtype: floatTypes[type], content: contents[0] ?? { kind: 'bytes', bytes: new Uint8Array(0) } };
}

/**
 * The values of a floating-point tensor; a view where they are bytes in this or another file.
 * Errors: `invalid-file` when they are not as many as the shape says, `invalid-input` when the other file was not given.
 */
export function storedTensor(
  { name, shape, content }: TensorProto,
  dtype: FloatType,
  files: ReadonlyMap<string, Uint8Array>,
): StoredTensor {
  const where = initializerNamed(name);
  const elements = sizeOf(shape);
  const width = bytesPerElement[dtype];
  const check = (found: number) => {
    if (found === elements) return;
    throw damaged(`The shape ${showShape(shape)} has ${elements} values but there are ${found}`, where);
  };
  if (content.kind === 'varints') {
    if (width !== 2) throw damaged(`int32_data cannot hold ${dtype}`, where);
    if (elements > content.bytes.length) check(content.bytes.length); // before memory is taken: a varint has a byte or more
    const halves = new Uint16Array(elements);
    let found = 0;
    for (const half of readVarints(content.bytes, where)) halves[found++] = half;
    check(found);
    return { dtype, shape, data: new Uint8Array(halves.buffer) };
  }
  const data = content.kind === 'external' ? sliceExternal(content.range, files, where) : content.bytes;
  check(data.length / width);
  return { dtype, shape, data };
}

function readDims(value: number | Uint8Array, already: number, where: string): number[] {
  const dims: number[] = [];
  for (const extent of readVarints(value, where)) {
    if (!Number.isSafeInteger(extent) || extent < 0) throw damaged(`The extent ${extent} is not a size`, where);
    if (already + dims.push(extent) > MAX_RANK) throw damaged(`There are more than ${MAX_RANK} dimensions`, where);
  }
  return dims;
}

/** The `where` of an error about one initializer. */
export function initializerNamed(name: string): string {
  return `initializer ${JSON.stringify(name.slice(0, 100))}`;
}
