import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import type { EngineState } from './active.ts';
import type { EngineKind, Found, Missing } from './engine.ts';
import { failed, importOptional, inNode } from './import.ts';
import { matrixInPlace } from './node-matrix.ts';
import { own } from './own.ts';

/** What this package uses of tfjs-node's backend. */
export interface NativeBackend extends KernelBackend {
  readonly isGPUPackage: boolean;
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<Record<string, number>> & { readonly TF_Version: string };
  executeSingleOutput(name: string, attributes: readonly object[], inputs: readonly object[]): unknown;
}

export const node = native('node', '@tensorflow/tfjs-node');
export const nodeGpu = native('node-gpu', '@tensorflow/tfjs-node-gpu');

/** Not written out, so that no bundler for browsers looks for it. */
const importNative = (name: string): Promise<object> =>
  (import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<object>).catch(failed);

function native(name: 'node' | 'node-gpu', packageName: string): EngineKind {
  return {
    name,
    backend: 'tensorflow',
    package: packageName,
    form: { convolution: 'tensorflow', linear: 'tensorflow', lrn: 'operator' },
    training: { convolutionInput: 'kernel', convolutionWeight: 'kernel', maxPool: 'kernel' },
    deterministic: name === 'node', // cuDNN chooses among algorithms, some of which add in any order
    strictNonFinite: false,
    weightCopies: 1,
    memory: name === 'node' ? 'host' : 'device',

    async find(given) {
      if (!inNode())
        return { missing: `${packageName} runs in Node only`, fix: 'Use the engine webgpu, webgl or wasm.' };
      const tf = given === undefined ? await inTurn(() => load(packageName)) : own(given, 'tensorflow', packageName);
      return 'missing' in tf ? tf : judge(tf, name, packageName);
    },

    matrix: (tf, backend, shape, atOnce) => matrixInPlace(tf, backend as NativeBackend, shape, atOnce),

    /** tfjs hands tensors over when an op first reads them: the cheapest one. */
    upload(backend, constant) {
      const { binding } = backend as NativeBackend;
      const types = [
        { name: 'T', type: binding['TF_ATTR_TYPE'], value: binding['TF_FLOAT'] },
        { name: 'out_type', type: binding['TF_ATTR_TYPE'], value: binding['TF_INT32'] },
      ];
      ((backend as NativeBackend).executeSingleOutput('Shape', types, [constant]) as Tensor).dispose();
    },

    describe(tf, backend, { threads }) {
      const { binding, isUsingGpuDevice } = backend as NativeBackend;
      const count = threadsSet() ?? processors();
      const hindrances = name === 'node-gpu' && !isUsingGpuDevice ? [NO_GPU] : [];
      return {
        engine: `${packageName} ${tf.version_core} (TensorFlow ${binding.TF_Version})`,
        device: isUsingGpuDevice ? 'GPU' : 'CPU',
        threads: count,
        simd: true,
        notes: [
          threads === undefined || threads === count
            ? `${count} threads: TensorFlow takes one per processor, or TF_NUM_INTRAOP_THREADS.`
            : `${count} threads, not ${threads}: TensorFlow keeps the number that it started with; set TF_NUM_INTRAOP_THREADS.`,
          ...hindrances.map(({ reason }) => reason),
        ],
        hindrances,
      };
    },
  };
}

const NO_GPU = {
  reason: 'TensorFlow found no GPU (it needs CUDA and cuDNN): the CPU computes instead.',
  fix: 'Install CUDA and cuDNN, or use @tensorflow/tfjs-node.',
};

/** The two packages register the same backend: the first that is imported is the one that runs. */
function judge(tf: Tfjs, name: 'node' | 'node-gpu', packageName: string): Found | Missing {
  const running = runningIn(tf.engine() as unknown as EngineState);
  if (running !== undefined && packageOf(running) !== packageName) return onlyOne(running, packageName);
  const gpu = running?.isUsingGpuDevice === true;
  return {
    tf,
    device: gpu ? 'TensorFlow on a GPU' : 'TensorFlow on the CPU',
    fallback: name === 'node-gpu' && !gpu,
  };
}

function runningIn({ registry }: EngineState): NativeBackend | undefined {
  return registry['tensorflow'] as NativeBackend | undefined;
}

function packageOf({ isGPUPackage }: NativeBackend): string {
  return `@tensorflow/tfjs-node${isGPUPackage ? '-gpu' : ''}`;
}

function onlyOne(running: NativeBackend, packageName: string): Missing {
  return {
    missing: `${packageOf(running)} runs in this process, which can have only one of the two`,
    fix: `Import ${packageName} first, or only.`,
  };
}

let last: Promise<unknown> = Promise.resolve();

/** One import after the other: of the two packages, the second must see that the first is there. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work);
  last = turn.catch(() => {});
  return turn;
}

/** Where all copies of tfjs keep their common engine. */
const ENGINE = '_tfengine';

/** tfjs-node makes itself the active backend when it is imported; the caller's choice is put back. */
async function load(packageName: string): Promise<Tfjs | Missing> {
  const before = (globalThis as Record<string, unknown>)[ENGINE] as EngineState | undefined;
  const running = before === undefined ? undefined : runningIn(before);
  if (running !== undefined && packageOf(running) !== packageName) return onlyOne(running, packageName);
  if (lacksAddon(packageName)) return noNativeLibrary(packageName);
  restoreRemoved();
  process.env['NVIDIA_TF32_OVERRIDE'] ??= '0'; // products with 10 bits are no float32
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'; // errors only: TensorFlow greets with its processor's features
  const { backendName, backendInstance } = before ?? {};
  const found = await importOptional(packageName, () => importNative(packageName));
  const taken = before?.backendName === 'tensorflow' && backendName !== 'tensorflow'; // else the caller chose in the meantime
  if (taken) Object.assign(before, { backendName, backendInstance });
  return 'missing' in found ? found : (found as unknown as Tfjs);
}

/** tfjs-node 4.22 calls a function that Node 23 removed (tensorflow/tfjs#8609). */
function restoreRemoved(): void {
  const util = process.getBuiltinModule('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

/**
 * Whether the package is there without what its install script makes. Importing it would find out, but only after it has registered its
 * kernels, and the other of the two packages could no longer do so.
 */
function lacksAddon(packageName: string): boolean {
  const { createRequire } = process.getBuiltinModule('node:module');
  const { existsSync, readdirSync } = process.getBuiltinModule('node:fs');
  const { dirname, join } = process.getBuiltinModule('node:path');
  let library: string;
  try {
    library = join(dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), 'lib');
  } catch {
    return false; // not installed: importing it says so
  }
  if (!existsSync(library)) return true;
  return !readdirSync(library).some((folder) => existsSync(join(library, folder, 'tfjs_binding.node')));
}

function noNativeLibrary(packageName: string): Missing {
  return {
    missing: `The native library of ${packageName} is not there: its install script did not run or could not download it`,
    fix: `Run: npm rebuild ${packageName} (with pnpm, allow its build script first: pnpm approve-builds)`,
  };
}

/** As TensorFlow reads it, once, when it starts. */
function threadsSet(): number | undefined {
  const set = Number(process.env['TF_NUM_INTRAOP_THREADS'] ?? '');
  return Number.isInteger(set) && set > 0 ? set : undefined;
}

function processors(): number {
  return process.getBuiltinModule('node:os').availableParallelism();
}
