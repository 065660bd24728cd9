import { type CheckpointReader, torchLayout } from '../checkpoint-file.ts';
import { wireFile } from '../wire.ts';
import { layersOf } from './layers.ts';
import { opsOf } from './ops.ts';
import { readModel } from './read-model.ts';
import { tensorTable } from './tensor-table.ts';

/**
 * Opens an ONNX model: its initializers and constants, inline or in files beside it, and those that are quantised and unpacked by
 * DequantizeLinear or MatMulNBits, as float32. Layers are its nodes with weights, in the order in which they compute.
 * Errors: `invalid-file`, `invalid-input` for a file of external data that is missing, `unsupported` for a Gemm that is no plain
 * linear layer, `aborted`.
 */
export const openOnnx: CheckpointReader = async (source, context = {}) => {
  const file = wireFile(source, context);
  const model = await readModel(file);
  const table = await tensorTable(model, file, context);
  const layers = layersOf(model, table);
  const { tensors, others } = table;
  return { format: 'onnx', tensors, layout: torchLayout, layers, ops: opsOf(model), metadata: model.metadata, others };
};
