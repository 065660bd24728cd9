import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { stateOf } from '../engines/active.ts';

/** As Emscripten names it. */
export const ALLOCATE = '_malloc';

/** The package's types say nothing of Emscripten's own. */
interface EngineWithAllocator extends BackendWasm {
  readonly wasm: BackendWasm['wasm'] & { [ALLOCATE](bytes: number): number };
}

/** The module of the WebAssembly engine that runs, whose allocator a test may ask, or fail. */
export function wasmModule(): EngineWithAllocator['wasm'] {
  return (stateOf(tf).registry['wasm'] as EngineWithAllocator).wasm;
}
