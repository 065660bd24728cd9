export { type OnnxFiles, type ToOnnxOptions, toOnnx, toOnnxFiles } from './model/to-onnx.ts';
export { toOnnxTensor } from './model/to-onnx-tensor.ts';
export { onnxPeers } from './peers.ts';
export { type NativeDevice, type OnnxNodeOptions, onnxNodeProvider } from './providers/node.ts';
export { type OnnxWebOptions, onnxWebProvider } from './providers/web.ts';
export { onnxWebGpuProvider } from './providers/webgpu.ts';
export type { OnnxRuntime } from './runtime/engine.ts';
