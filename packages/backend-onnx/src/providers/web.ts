import { AlexNetError, type BackendProvider, precisions } from '@alexnet/core';
import { createBackend } from '../runtime/backend.ts';
import type { Engine, OnnxRuntime } from '../runtime/engine.ts';
import { nodeBuiltin } from '../runtime/node-builtin.ts';
import { type ThreadChoice, wasmThreads } from '../runtime/threads.ts';
import { turnsOf } from '../runtime/turns.ts';
import { wasmDownload } from './download.ts';
import { processorForm } from './form.ts';
import { type Found, load } from './load.ts';

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
    download: wasmDownload,
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

/** In browsers the package's main entry is twice the size: it brings WebGPU and WebGL along, which this backend does not use. */
export const importWeb = (): Promise<unknown> =>
  nodeBuiltin('node:os') === undefined ? import('onnxruntime-web/wasm') : import('onnxruntime-web');

/** The thread count of the WebAssembly build is fixed by its first session. */
const started = new WeakMap<OnnxRuntime['env'], number>();

/** The WebAssembly build set up at its best. */
export function wasmEngine(runtime: OnnxRuntime, asked: number | undefined): Engine {
  const { threads, note, hindrances = [] } = fixedThreads(runtime, wasmThreads(asked));
  return {
    runtime,
    name: versionOf(runtime),
    device: nodeBuiltin('node:os') === undefined ? 'WebAssembly in the browser' : 'WebAssembly in Node',
    threads,
    notes: [note],
    hindrances,
    session: { executionProviders: ['wasm'], enableMemPattern: false },
    weightsInFiles: false,
    training: true,
    turns: turnsOf(runtime.env),
    precisions,
    form: processorForm('wasm'),
  };
}

function fixedThreads({ env }: OnnxRuntime, choice: ThreadChoice): ThreadChoice {
  const before = started.get(env);
  if (before !== undefined && before !== choice.threads) {
    const note = `${before} threads: ${PACKAGE} keeps the thread count of its first session.`;
    if (before > choice.threads) return { threads: before, note };
    const fix = 'Create the backend that needs the most threads first.';
    return { threads: before, note, hindrances: [{ reason: note, fix }] };
  }
  started.set(env, choice.threads);
  env.wasm.numThreads = choice.threads;
  return choice;
}

export function versionOf(runtime: OnnxRuntime): string {
  return `${PACKAGE} ${runtime.env.versions.web ?? runtime.env.versions.common}`;
}
