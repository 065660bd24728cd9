export type {
  CheckpointFile,
  CheckpointFormat,
  CheckpointLayer,
  CheckpointOp,
  CheckpointTensor,
  Layout,
  OpenContext,
} from './checkpoint-file.ts';
export { detectFormat } from './detect.ts';
export { type Candidate, type Constraints, candidatesOf } from './identify/candidates.ts';
export { followClues, type Narrowed } from './identify/clues.ts';
export { differencesOf } from './identify/distinctions.ts';
export { type Identified, identify } from './identify/identify.ts';
export { type MapOptions, type Mapped, mapTensors, type ReadProgress } from './map/map-tensors.ts';
export type { Matched } from './map/match.ts';
export { writeNpy } from './numpy/write-npy.ts';
export type { NotOurs } from './onnx-graph/node-reader.ts';
export {
  type OnnxGraph,
  type ReadOnnxGraphOptions,
  readOnnxGraph,
} from './onnx-graph/read-onnx-graph.ts';
export { type OnnxValue, readOnnxValue } from './onnx-graph/read-onnx-value.ts';
export { type CheckpointSource, openCheckpoint } from './open-checkpoint.ts';
export {
  type Checkpoint,
  type IdentifiedCheckpoint,
  type ReadCheckpointOptions,
  type ReadGraphOptions,
  type ReadVariantOptions,
  readCheckpoint,
} from './read-checkpoint.ts';
