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

    async start(make, tf, { threads: asked }) {
      const module = await importOptional(PACKAGE, importWasm);
      if ('missing' in module) return make(); // the caller's own tf was made elsewhere, and was set up there
      if (wasmPath !== undefined) module.setWasmPaths(wasmPath);
      if (!(await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT'))) return make();
      const threads = Math.min(MOST_THREADS, Math.max(1, asked ?? processors()));
      module.setThreadsCount(threads);
      return withProcessors(2 * threads, make);
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
      note: `${threads} threads, of at most ${MOST_THREADS}, fixed when tfjs started its WebAssembly.`,
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

/** tfjs's own limit. */
const MOST_THREADS = 4;

/**
 * Starts tfjs's WebAssembly on a `navigator` with so many processors. It takes half of them at most, however many threads are asked for: on two
 * processors one thread, which takes twice as long.
 */
async function withProcessors<T>(count: number, start: () => T | Promise<T>): Promise<T> {
  const { navigator } = globalThis;
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: count, configurable: true });
  try {
    return await start();
  } finally {
    Reflect.deleteProperty(navigator, 'hardwareConcurrency'); // the browser's own answer is a getter of the prototype
  }
}

function processors(): number {
  return (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency ?? 1;
}
