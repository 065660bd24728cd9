import { cpu } from './cpu.ts';
import type { EngineKind, EngineName } from './engine.ts';
import { node, nodeGpu } from './node.ts';
import { type WasmOptions, wasm } from './wasm.ts';
import { webgl } from './webgl.ts';
import { webgpu } from './webgpu.ts';

/** Every engine of TensorFlow.js, best first. */
export function engineKinds(options: WasmOptions = {}): Readonly<Record<EngineName, EngineKind>> {
  return { 'node-gpu': nodeGpu, node, webgpu, webgl, wasm: wasm(options), cpu };
}
