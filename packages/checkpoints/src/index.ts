export { type Mapped, mapTensors } from './map/map-tensors.ts';
export { externalFiles, type OnnxModel, type OnnxNode, readOnnx } from './onnx/read-onnx.ts';
export {
  type Checkpoint,
  type CheckpointFormat,
  detectFormat,
  type ReadCheckpointOptions,
  readCheckpoint,
} from './read-checkpoint.ts';
