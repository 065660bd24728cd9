import { type ByteSource, dtypeBytes, memorySource } from '@alexnet/core';
import type { CheckpointTensor } from '../checkpoint-file.ts';
import { damaged } from '../damaged.ts';
import { type AllowedGlobals, type GlobalUse, pythonGlobals } from '../pickle/allowed.ts';
import { isKind, type PickleBytes, type PickleObject, type PickleValue, sizesOf, textOf } from '../pickle/values.ts';
import { sliceSource } from '../slice-source.ts';
import { denseStrides, stridedTensor } from '../strided-tensor.ts';
import { parseDtype, type StoredDtype } from './dtypes.ts';

/** Where numpy keeps its builders: before version 2 and since. */
const modules = ['numpy.core', 'numpy._core'];

/** What may occur in a pickled array. */
export const numpyGlobals: AllowedGlobals = new Map<string, GlobalUse>([
  ...pythonGlobals,
  ...modules.flatMap((module): [string, GlobalUse][] => [
    [`${module}.multiarray _reconstruct`, 'object'],
    [`${module}.numeric _frombuffer`, 'object'],
    [`${module}.multiarray scalar`, 'object'],
  ]),
  ['numpy dtype', 'object'],
  ['numpy ndarray', 'name'],
]);

/** An array in a pickle: element type as its pickled dtype, values as bytes, or as a list where they are objects. */
export interface PickledArray {
  readonly shape: readonly number[];
  readonly dtype: PickleValue | undefined;
  readonly fortranOrder: boolean;
  readonly values: PickleValue | undefined;
}

/**
 * The array that a value is, or undefined. `_reconstruct` makes an empty one, whose state is
 * `(version, shape, dtype, is it Fortran's order, values)`; `_frombuffer(values, dtype, shape, order)` since protocol 5.
 */
export function arrayOf(value: PickleValue | undefined): PickledArray | undefined {
  if (!isKind(value, 'object')) return undefined;
  if (value.type.endsWith('.numeric _frombuffer')) {
    const [values, dtype, sizes, order] = value.args;
    const shape = sizesOf(sizes);
    return shape && { shape, dtype, fortranOrder: textOf(order) === 'F', values };
  }
  if (!value.type.endsWith('.multiarray _reconstruct') || !isKind(value.state, 'tuple')) return undefined;
  const [sizes, dtype, fortran, values] = value.state.items.slice(-4);
  const shape = sizesOf(sizes);
  return shape && { shape, dtype, fortranOrder: fortran === true || fortran === 1, values };
}

/** An array of numbers as a tensor. Errors: `invalid-file`. */
export function arrayTensor(array: PickledArray, source: ByteSource, where: string): CheckpointTensor {
  const { shape, fortranOrder, values } = array;
  const stored = dtypeOf(array.dtype);
  if (stored === undefined || !isKind(values, 'bytes')) throw damaged('The array does not hold numbers', where);
  const elements = values.length / dtypeBytes[stored.dtype];
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size !== elements) throw damaged(`The array of ${size} elements has ${elements}`, where);
  const bytes = bytesSource(values, source);
  return stridedTensor({
    dtype: stored.dtype,
    shape,
    strides: denseStrides(shape, fortranOrder ? 'F' : 'C'),
    offset: 0,
    storage: { elements, bigEndian: stored.bigEndian, open: async () => bytes },
    where,
  });
}

function bytesSource(bytes: PickleBytes, source: ByteSource): ByteSource {
  return 'data' in bytes ? memorySource(bytes.data, source.name) : sliceSource(source, bytes.offset, bytes.length);
}

/** `dtype('f4', align, copy)` with the state `(version, byte order, ...)`. */
function dtypeOf(value: PickleValue | undefined): StoredDtype | undefined {
  if (!isKind(value, 'object') || value.type !== 'numpy dtype') return undefined;
  const name = textOf(value.args[0]);
  return name === undefined ? undefined : parseDtype(byteOrder(value) + name);
}

function byteOrder({ state }: PickleObject): string {
  const order = isKind(state, 'tuple') ? textOf(state.items[1]) : undefined;
  return order === '<' || order === '>' || order === '|' ? order : '';
}
