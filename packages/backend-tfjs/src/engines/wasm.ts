import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import type { EngineKind } from './engine.ts';
import { importCore, importOptional, inNode } from './import.ts';
import { own } from './own.ts';

const PACKAGE = '@tensorflow/tfjs-backend-wasm';

const importWasm = () => import('@tensorflow/tfjs-backend-wasm');

export interface WasmOptions {
  /** Where the package's `.wasm` files are served, with a `/` at the end. Default: beside the script, which few bundlers arrange. */
  readonly wasmPath?: string;
}

/** WebAssembly with SIMD, and threads in pages that are cross-origin isolated. */
export function wasm({ wasmPath }: WasmOptions = {}): EngineKind {
  return {
    name: 'wasm',
    backend: 'wasm',
    package: PACKAGE,
    form: { convolution: 'slices', linear: 'steps', lrn: { convolutionUpTo: 128 } },
    deterministic: true,
    strictNonFinite: false,
    weightCopies: 2, // XNNPACK packs them once more, at the first run
    memory: 'host',

    async find(given) {
      if (typeof WebAssembly === 'undefined')
        return { missing: 'There is no WebAssembly here', fix: 'Use the engine cpu.' };
      const tf = given === undefined ? await importCore(PACKAGE, importWasm) : own(given, 'wasm', PACKAGE);
      return 'missing' in tf ? tf : { tf, device: 'WebAssembly', fallback: false };
    },

    async beforeStart(_tf, { threads }) {
      const module = await importOptional(PACKAGE, importWasm);
      if ('missing' in module) return; // the caller's own tf was made elsewhere, and was set up there
      if (wasmPath !== undefined) module.setWasmPaths(wasmPath);
      module.setThreadsCount(threads ?? processors());
    },

    describe(tf, backend) {
      const { threads, note } = threadsOf(tf, backend);
      const simd = tf.env().get('WASM_HAS_SIMD_SUPPORT') === true;
      return {
        engine: `${PACKAGE} ${tf.version_core}`,
        threads,
        simd,
        notes: [note, ...(simd ? [] : ['This engine has no WebAssembly SIMD.'])],
      };
    },
  };
}

/** What this package uses of the backend: how many threads its module started with. */
type WasmBackend = KernelBackend & { readonly wasm: { readonly tfjs: { getThreadsCount(): number } } };

function threadsOf(tf: Tfjs, backend: KernelBackend): { readonly threads: number; readonly note: string } {
  if (tf.env().get('WASM_HAS_MULTITHREAD_SUPPORT') === true) {
    const threads = (backend as WasmBackend).wasm.tfjs.getThreadsCount();
    return {
      threads,
      note: `Threads: ${threads} of ${processors()} processors, fixed when tfjs started its WebAssembly.`,
    };
  }
  return { threads: 1, note: `One thread: ${whyOne()}` };
}

function whyOne(): string {
  if (inNode()) return 'tfjs has no WebAssembly threads in Node (tensorflow/tfjs#3830).';
  if ((globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true)
    return 'this browser has no WebAssembly threads.';
  return (
    'the page is not cross-origin isolated. Send the headers ' +
    '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp".'
  );
}

/** tfjs itself would take half of them, and no more than four. */
function processors(): number {
  return (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency ?? 1;
}
