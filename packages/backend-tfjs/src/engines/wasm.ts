import type { Hindrance } from '@alexnet/core';
import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import { wasmDownload } from './download.ts';
import type { EngineKind } from './engine.ts';
import { failed, importCore, importOptional, inNode } from './import.ts';
import { own } from './own.ts';

const PACKAGE = '@tensorflow/tfjs-backend-wasm';

const importWasm = () => import('@tensorflow/tfjs-backend-wasm').catch(failed);

export interface WasmOptions {
  /**
   * Where the package's `.wasm` files are served: their folder, with a `/` at the end, or the address of each by its name, as bundlers give them.
   * Default: beside the script, which few bundlers arrange.
   */
  readonly wasmPath?: string | WasmFiles;
}

/** Which of them is loaded depends on the browser. */
export type WasmFiles = Readonly<
  Record<'tfjs-backend-wasm.wasm' | 'tfjs-backend-wasm-simd.wasm' | 'tfjs-backend-wasm-threaded-simd.wasm', string>
>;

/** WebAssembly with SIMD, and threads in pages that are cross-origin isolated. */
export function wasm({ wasmPath }: WasmOptions = {}): EngineKind {
  return {
    name: 'wasm',
    backend: 'wasm',
    package: PACKAGE,
    download: wasmDownload,
    form: { convolution: 'slices', linear: 'steps', lrn: { convolutionUpTo: 128 } },
    // its Conv2DBackpropInput takes 10 times as long as a convolution; its MaxPoolGrad finds no maximum that is not above 0, and the last of equal ones
    training: { convolutionInput: 'convolution', convolutionWeight: 'convolution', maxPool: 'comparison' },
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
      try {
        return await withProcessors(2 * threads, make);
      } finally {
        module.setThreadsCount(-1); // as it was: tfjs's own choice
      }
    },

    afterStart(backend, lost) {
      guardMemory((backend as WasmBackend).wasm, lost);
    },

    /** Written where it is to be: an array of it besides would be there until it is collected. */
    matrix(tf, backend, shape) {
      const wasmBackend = backend as WasmBackend;
      const info = wasmBackend.makeOutput(shape, 'float32');
      const tensor = tf.keep(tf.engine().makeTensorFromTensorInfo(info, backend));
      return {
        // memory that grows takes its views away
        columns: (from) => ({ values: wasmBackend.typedArrayFromHeap(info), first: from, pitch: shape[1] }),
        written() {},
        tensor: () => tensor,
        release: () => tf.dispose(tensor),
      };
    },

    /** XNNPACK packs the weights once more at the first run, and computes zeros where it cannot. */
    checkWeights(backend, weights) {
      const { wasm: module } = backend as WasmBackend;
      module[FREE](module[ALLOCATE](weights.reduce((sum, { size }) => sum + 4 * size, 0)));
    },

    describe(tf, backend) {
      const { threads, note, hindrances } = threadsOf(tf, backend);
      const simd = tf.env().get('WASM_HAS_SIMD_SUPPORT') === true;
      return {
        engine: `${PACKAGE} ${tf.version_core}`,
        threads,
        simd,
        notes: [note, ...(simd ? [] : [NO_SIMD.reason])],
        hindrances: [...hindrances, ...(simd ? [] : [NO_SIMD])],
      };
    },
  };
}

/** As Emscripten names them. */
const ALLOCATE = '_malloc';
const FREE = '_free';

/** What this package uses of the backend's module, made by Emscripten. */
interface WasmModule {
  readonly tfjs: { getThreadsCount(): number };
  [ALLOCATE](bytes: number): number;
  [FREE](address: number): void;
  onAbort?(reason: unknown): void;
}

type WasmBackend = KernelBackend & {
  readonly wasm: WasmModule;
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array;
};

/** tfjs takes address 0, which says that there is no memory left, for an address; and an aborted module never works again. */
function guardMemory(module: WasmModule, lost: (reason: string) => void): void {
  const allocate = module[ALLOCATE];
  module[ALLOCATE] = (bytes) => {
    const address = allocate(bytes);
    if (address === 0 && bytes > 0) throw new Error(`out of memory: there are no ${bytes} bytes left in WebAssembly`);
    return address;
  };
  module.onAbort = (reason) => lost(`its WebAssembly was aborted: ${String(reason)}`);
}

const NO_SIMD: Hindrance = { reason: 'This engine has no WebAssembly SIMD.', fix: 'Use a newer browser.' };

interface ThreadFacts {
  readonly threads: number;
  readonly note: string;
  readonly hindrances: readonly Hindrance[];
}

function threadsOf(tf: Tfjs, backend: KernelBackend): ThreadFacts {
  if (tf.env().get('WASM_HAS_MULTITHREAD_SUPPORT') === true) {
    const threads = (backend as WasmBackend).wasm.tfjs.getThreadsCount();
    return {
      threads,
      note: `${threads} threads, of at most ${MOST_THREADS}, fixed when tfjs started its WebAssembly.`,
      hindrances: [],
    };
  }
  const why = whyOne();
  return { threads: 1, note: why.fix === undefined ? why.reason : `${why.reason} ${why.fix}`, hindrances: [why] };
}

function whyOne(): Hindrance {
  if (inNode()) return { reason: 'One thread: tfjs has no WebAssembly threads in Node (tensorflow/tfjs#3830).' };
  if ((globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true)
    return { reason: 'One thread: this browser has no WebAssembly threads.' };
  return {
    reason: 'One thread: the page is not cross-origin isolated.',
    fix: 'Send the headers "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp".',
  };
}

/** tfjs's own limit. */
const MOST_THREADS = 4;

/**
 * Starts tfjs's WebAssembly on a `navigator` with so many processors. It takes half of them at most, however many threads are asked for: on two
 * processors one thread, which takes twice as long.
 */
async function withProcessors<T>(count: number, start: () => T | Promise<T>): Promise<T> {
  const { navigator } = globalThis;
  const before = Object.getOwnPropertyDescriptor(navigator, 'hardwareConcurrency'); // of browsers' own, the prototype has it
  const property = { value: count, configurable: true };
  if (!Reflect.defineProperty(navigator, 'hardwareConcurrency', property)) return start();
  try {
    return await start();
  } finally {
    if (before === undefined) Reflect.deleteProperty(navigator, 'hardwareConcurrency');
    else Object.defineProperty(navigator, 'hardwareConcurrency', before);
  }
}

function processors(): number {
  return (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency ?? 1;
}
