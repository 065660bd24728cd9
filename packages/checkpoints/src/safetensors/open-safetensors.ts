import { dtypeBytes, readSafetensorsHeader } from '@alexnet/core';
import { type CheckpointReader, torchLayout } from '../checkpoint-file.ts';
import { packedRun, runTensor } from '../wire-tensor.ts';

/** Opens a safetensors file, with PyTorch's layout: of its bytes only the header is read. Errors: `invalid-file`, `aborted`. */
export const openSafetensors: CheckpointReader = async (source, context = {}) => {
  const header = await readSafetensorsHeader(source, context);
  const tensors = [...header.tensors].map(([name, { dtype, shape, begin, end }]) => {
    const range = { offset: header.dataStart + begin, length: end - begin };
    const where = `tensor ${JSON.stringify(name.slice(0, 100))}`;
    return [name, runTensor({ source, dtype, shape, where }, packedRun(range, dtypeBytes[dtype]))] as const;
  });
  return {
    format: 'safetensors',
    tensors: new Map(tensors),
    layout: torchLayout,
    metadata: header.metadata,
    others: [],
  };
};
