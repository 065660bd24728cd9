import { AlexNetError, type BackendProvider } from '@alexnet/core';
import { createBackend } from '../runtime/backend.ts';
import type { Engine, OnnxRuntime } from '../runtime/engine.ts';
import { nodeBuiltin } from '../runtime/node-builtin.ts';
import { type ThreadChoice, wasmThreads } from '../runtime/threads.ts';
import { processorForm } from './form.ts';
import { type Found, load, tryEngine } from './load.ts';

export interface OnnxWebOptions {
  /** The caller's own `onnxruntime-web`, with its `env` set up as the caller likes; default: it is imported. */
  readonly runtime?: OnnxRuntime;
}

const PACKAGE = 'onnxruntime-web';
const FIX = `Install it: npm install ${PACKAGE}`;

/** ONNX Runtime compiled to WebAssembly, with SIMD and threads: browsers and Node. Id `onnx-web`. */
export function onnxWebProvider({ runtime }: OnnxWebOptions = {}): BackendProvider {
  const find = (): Promise<Found> => (runtime === undefined ? load(PACKAGE, importWeb) : Promise.resolve(runtime));
  return {
    id: 'onnx-web',
    async probe() {
      const found = await find();
      if ('missing' in found) return { available: false, detail: found.missing, fix: FIX };
      return { available: true, detail: `${versionOf(found)}, WebAssembly` };
    },
    async create({ threads } = {}) {
      const found = await find();
      if ('missing' in found) throw new AlexNetError({ code: 'missing-dependency', message: found.missing, fix: FIX });
      return createBackend('onnx-web', wasmEngine(found, threads));
    },
  };
}

export const importWeb = () => import('onnxruntime-web') as Promise<unknown>;

/** ONNX Runtime on WebGPU: only where `navigator.gpu` is. Id `onnx-webgpu`. */
export function onnxWebGpuProvider({ runtime }: OnnxWebOptions = {}): BackendProvider {
  const find = async (): Promise<Found> => {
    const { navigator } = globalThis as { navigator?: { gpu?: { requestAdapter(): Promise<unknown> } } };
    const adapter = await navigator?.gpu?.requestAdapter();
    if (adapter === undefined || adapter === null) {
      return {
        missing: 'There is no WebGPU adapter here',
        fix: 'Use a browser with WebGPU on a machine with a GPU, on a page served over https or from localhost.',
      };
    }
    const found = runtime ?? (await load(PACKAGE, () => import('onnxruntime-web/webgpu')));
    if ('missing' in found) return found;
    const missing = await tryEngine(found, { executionProviders: ['webgpu'] });
    return missing === undefined ? found : { missing: `${PACKAGE} cannot use WebGPU: ${missing}`, fix: FIX };
  };
  return {
    id: 'onnx-webgpu',
    async probe() {
      const found = await find();
      if ('missing' in found) return { available: false, detail: found.missing, fix: found.fix };
      return { available: true, detail: `${versionOf(found)}, WebGPU` };
    },
    async create() {
      const found = await find();
      if ('missing' in found)
        throw new AlexNetError({ code: 'missing-dependency', message: found.missing, fix: found.fix });
      return createBackend('onnx-webgpu', {
        runtime: found,
        name: versionOf(found),
        device: 'WebGPU',
        threads: 1,
        notes: ['Nodes that the WebGPU provider does not have run in WebAssembly.'],
        session: { executionProviders: ['webgpu'] },
        weightsInFiles: false,
        form: { lrn: 'convolution', linear: 'operator', passes: true }, // the WebGPU provider has no LRN kernel
      });
    },
  };
}

/** The thread count of the WebAssembly build is fixed by its first session. */
const started = new WeakMap<OnnxRuntime['env'], number>();

/** The WebAssembly build set up at its best. */
export function wasmEngine(runtime: OnnxRuntime, asked: number | undefined): Engine {
  const { threads, note } = fixedThreads(runtime, wasmThreads(asked));
  return {
    runtime,
    name: versionOf(runtime),
    device: nodeBuiltin('node:os') === undefined ? 'WebAssembly in the browser' : 'WebAssembly in Node',
    threads,
    notes: [note],
    session: { executionProviders: ['wasm'], enableMemPattern: false },
    weightsInFiles: false,
    form: processorForm('wasm'),
  };
}

function fixedThreads({ env }: OnnxRuntime, choice: ThreadChoice): ThreadChoice {
  const before = started.get(env);
  if (before !== undefined && before !== choice.threads) {
    return { threads: before, note: `${before} threads: ${PACKAGE} keeps the thread count of its first session.` };
  }
  started.set(env, choice.threads);
  env.wasm.numThreads = choice.threads;
  return choice;
}

function versionOf(runtime: OnnxRuntime): string {
  return `${PACKAGE} ${runtime.env.versions.web ?? runtime.env.versions.common}`;
}
