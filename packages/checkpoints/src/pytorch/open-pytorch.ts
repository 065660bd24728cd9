import { dtypeBytes } from '@alexnet/core';
import { type CheckpointReader, type CheckpointTensor, torchLayout } from '../checkpoint-file.ts';
import type { PickleObject } from '../pickle/values.ts';
import { type Storage, stridedTensor } from '../strided-tensor.ts';
import { viewOf } from '../zip/records.ts';
import { openLegacyFile } from './legacy-file.ts';
import { rebuildTensor } from './rebuild.ts';
import { findStateDict } from './state-dict.ts';
import type { Storages } from './torch-file.ts';
import { openZipFile } from './zip-file.ts';

/** How a ZIP archive begins. */
const LOCAL_HEADER = 0x04034b50;

/**
 * Opens a file of `torch.save`, of any version: a state dict, or a training checkpoint that has one. Names are the file's, with
 * prefixes such as `module.`. Errors: `invalid-file`, which names the class where the file holds a whole model; `aborted`.
 */
export const openPytorch: CheckpointReader = async (source, context = {}) => {
  const start = await source.read(0, Math.min(4, source.size), context);
  const zipped = start.length === 4 && viewOf(start).getUint32(0, true) === LOCAL_HEADER;
  const { value, storages, where } = await (zipped ? openZipFile : openLegacyFile)(source, context);
  const { tensors, others, metadata } = findStateDict(value, where);
  return {
    format: 'pytorch',
    tensors: new Map([...tensors].map(([name, call]) => [name, openTensor(name, call, storages)])),
    layout: torchLayout,
    metadata,
    others,
  };
};

function openTensor(name: string, call: PickleObject, storages: Storages): CheckpointTensor {
  const where = `tensor ${JSON.stringify(name.slice(0, 100))}`;
  const { storage: reference, dtype, offset, shape, strides } = rebuildTensor(call, where);
  const found = storages.find(reference, where);
  const storage: Storage = {
    ...found,
    elements: Math.floor((found.elements * dtypeBytes[reference.dtype]) / dtypeBytes[dtype]),
  };
  return stridedTensor({ dtype, shape, strides, offset, storage, where });
}
