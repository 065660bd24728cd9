import * as tf from '@tensorflow/tfjs-core';
import { stateOf } from '../engines/active.ts';

/** As Emscripten names it. */
export const ALLOCATE = '_malloc';

interface WasmModule {
  [ALLOCATE](bytes: number): number;
}

/** The module of the WebAssembly engine that runs, whose allocator a test may ask, or fail. */
export function wasmModule(): WasmModule {
  return (stateOf(tf).registry['wasm'] as unknown as { wasm: WasmModule }).wasm;
}
