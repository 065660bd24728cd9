import { AlexNetError, type Graph, readSafetensors, type Weights } from '@alexnet/core';
import { byPosition } from './map/conventions.ts';
import { mapTensors } from './map/map-tensors.ts';
import { readOnnx } from './onnx/read-onnx.ts';

/** The file formats that are read. */
export type CheckpointFormat = 'safetensors' | 'onnx';

export interface Checkpoint {
  readonly format: CheckpointFormat;
  /** Whose names the tensors have: `alexnet`, `torchvision`, `onnx-zoo`, or `position` when their order told. */
  readonly convention: string;
  /** One tensor for every parameter of the graph, float32; views into the file where possible. */
  readonly weights: Weights;
  /** Names of tensors in the file that the graph has no use for. */
  readonly unused: readonly string[];
}

export interface ReadCheckpointOptions {
  /** The graph whose parameters are wanted: `createVariant(id).graph`. */
  readonly graph: Graph;
  /** Contents of the files that an ONNX model keeps its values in (`externalFiles` names them), by path relative to the model. */
  readonly external?: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads the weights of a graph from a file of any known format, told by its content.
 * Errors: `invalid-file` for a file that is damaged or of no known format, `invalid-weights` when it does not fit the graph,
 * `invalid-input` when an external file is missing.
 */
export function readCheckpoint(bytes: Uint8Array, { graph, external }: ReadCheckpointOptions): Checkpoint {
  const format = detectFormat(bytes);
  if (format === 'safetensors') return { format, ...mapTensors(graph, readSafetensors(bytes).tensors) };
  const { nodes, tensors, others } = readOnnx(bytes, external);
  const mapped = mapTensors(graph, tensors, byPosition(graph, nodes));
  return { format, ...mapped, unused: [...mapped.unused, ...others] };
}

/**
 * The format of a checkpoint, by its first bytes. safetensors: a 64-bit header length below 2^32, then a JSON object.
 * ONNX: the first field of the protocol buffer is number 1, `ir_version`, a varint. Errors: `invalid-file` for anything else.
 */
export function detectFormat(bytes: Uint8Array): CheckpointFormat {
  if (bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0)) return 'safetensors';
  if (bytes[0] === 0x08) return 'onnx';
  throw new AlexNetError({
    code: 'invalid-file',
    message: `The file is of no known format: ${bytes.length} bytes, the first are ${firstBytes(bytes)}`,
    where: 'byte 0',
    fix: 'Give a safetensors or an ONNX file.',
  });
}

function firstBytes(bytes: Uint8Array): string {
  const hex = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0'));
  return hex.join(' ') || 'missing';
}
