import type { Dtype } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import { isKind, isSize, type PickleObject, type PickleValue, sizesOf, textOf } from '../pickle/values.ts';
import { storageDtypes, tensorDtypes } from './globals.ts';

/** A tensor of a state dict, as torch/_utils.py would rebuild it. All counts are in elements. */
export interface TorchTensor {
  readonly storage: StorageReference;
  readonly dtype: Dtype;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** What a persistent id says of a storage: `('storage', type, key, location, elements, view)`. */
export interface StorageReference {
  /** Its name in the file. */
  readonly key: string;
  readonly dtype: Dtype;
  readonly elements: number;
}

const plain = new Set([
  'torch._utils _rebuild_tensor',
  'torch._utils _rebuild_tensor_v2',
  'torch._utils _rebuild_tensor_v3',
]);
const parameters = new Set(['torch._utils _rebuild_parameter', 'torch._utils _rebuild_parameter_with_state']);

/** The call that rebuilds a tensor; of a parameter, that of the tensor in it. */
export function tensorCall(value: PickleValue | undefined): PickleObject | undefined {
  const inner = isKind(value, 'object') && parameters.has(value.type) ? value.args[0] : value;
  return isKind(inner, 'object') && plain.has(inner.type) ? inner : undefined;
}

/**
 * `_rebuild_tensor(storage, offset, size, stride)`, `_v2(..., requires_grad, hooks)` and `_v3(..., requires_grad, hooks, dtype)`.
 * Errors: `invalid-file`.
 */
export function rebuildTensor({ type, args }: PickleObject, where: string): TorchTensor {
  const [storageId, offset, size, stride] = args;
  const shape = sizesOf(size);
  const strides = sizesOf(stride);
  if (!isSize(offset) || shape === undefined || strides === undefined) {
    throw damaged('The tensor has no offset, size and strides', where);
  }
  if (!isKind(storageId, 'persistent')) throw damaged('The tensor has no storage', where);
  const { partOffset, ...storage } = readStorageId(storageId.id, where);
  const dtype = type.endsWith('_v3') ? dtypeOf(args[6], where) : storage.dtype;
  return { storage, dtype, offset: offset + partOffset, shape, strides };
}

/** Reads a persistent id. Old files have storages that are parts of others: the last item is `(key, offset, elements)` then. */
export function readStorageId(
  id: PickleValue | undefined,
  where: string,
): StorageReference & { readonly partOffset: number } {
  const [tag, type, key, , elements, part] = isKind(id, 'tuple') ? id.items : [];
  const dtype = isKind(type, 'global') ? storageDtypes.get(type.name) : undefined;
  const name = textOf(key);
  if (textOf(tag) !== 'storage' || dtype === undefined || name === undefined || !isSize(elements)) {
    throw damaged('The tensor has no storage', where);
  }
  const partOffset = isKind(part, 'tuple') ? part.items[1] : 0;
  if (!isSize(partOffset)) throw damaged('The part of a storage has no offset', where);
  return { key: name, dtype, elements, partOffset };
}

function dtypeOf(value: PickleValue | undefined, where: string): Dtype {
  const dtype = isKind(value, 'global') ? tensorDtypes.get(value.name) : undefined;
  if (dtype === undefined) throw damaged('The tensor has no element type', where);
  return dtype;
}
