import { AlexNetError, type BackendProvider, precisions } from '@alexnet/core';
import { plainForms } from '../model/lower.ts';
import { createBackend } from '../runtime/backend.ts';
import type { Engine, OnnxRuntime } from '../runtime/engine.ts';
import { architecture } from '../runtime/node-builtin.ts';
import { nativeThreads } from '../runtime/threads.ts';
import { allRestored, processorForm } from './form.ts';
import { type Found, load, tryEngine } from './load.ts';

/** Where native ONNX Runtime computes. `cuda` needs Linux or Windows with NVIDIA's libraries, `coreml` macOS, `dml` Windows. */
export type NativeDevice = 'cpu' | 'cuda' | 'coreml' | 'dml';

export interface OnnxNodeOptions {
  /** Default `cpu`. Each device is a backend of its own, so that none is ever used instead of another. */
  readonly device?: NativeDevice;
  /** The caller's own `onnxruntime-node`; default: it is imported. */
  readonly runtime?: OnnxRuntime;
}

const PACKAGE = 'onnxruntime-node';

const devices: Readonly<Record<NativeDevice, { readonly title: string; readonly fix: string }>> = {
  cpu: { title: 'CPU', fix: `Install it: npm install ${PACKAGE}` },
  cuda: {
    title: 'CUDA',
    fix: `Use Linux or Windows with an NVIDIA GPU, CUDA and cuDNN, and let ${PACKAGE} run its install script, which downloads the CUDA provider.`,
  },
  coreml: { title: 'Core ML', fix: 'Use macOS.' },
  dml: { title: 'DirectML', fix: 'Use Windows.' },
};

/** ONNX Runtime, native, in Node: id `onnx-node`, or `onnx-cuda`, `onnx-coreml`, `onnx-dml` for other devices. */
export function onnxNodeProvider({ device = 'cpu', runtime }: OnnxNodeOptions = {}): BackendProvider {
  const id = device === 'cpu' ? 'onnx-node' : `onnx-${device}`;
  const { title, fix } = devices[device];

  const find = async (): Promise<Found> => {
    const found = runtime ?? (await load(PACKAGE, importNative));
    if ('missing' in found) return { ...found, fix };
    const missing = await tryEngine(found, { executionProviders: [device] });
    return missing === undefined ? found : { missing: `${PACKAGE} cannot use ${title}: ${missing}`, fix };
  };

  return {
    id,
    async probe() {
      const found = await find();
      if ('missing' in found) return { available: false, detail: found.missing, fix: found.fix };
      return { available: true, detail: `${versionOf(found)}, ${title}` };
    },
    async create({ threads } = {}) {
      const found = await find();
      if ('missing' in found) {
        throw new AlexNetError({ code: 'missing-dependency', message: found.missing, fix: found.fix });
      }
      return createBackend(id, nativeEngine(found, device, threads));
    },
  };
}

/** The engine's log repeats on standard error what it throws: a probe for CUDA on a machine without it is no news. */
export async function importNative(): Promise<OnnxRuntime> {
  const module = (await import('onnxruntime-node')) as unknown as OnnxRuntime & { readonly default?: OnnxRuntime };
  const runtime = module.default ?? module;
  runtime.env.logLevel = 'fatal';
  return runtime;
}

/**
 * Native ONNX Runtime set up at its best on one device. Memory patterns would keep a second set of buffers for every batch size,
 * and were no faster (docs/performance/onnx.md).
 */
export function nativeEngine(runtime: OnnxRuntime, device: NativeDevice, asked: number | undefined): Engine {
  const { threads, note } = nativeThreads(asked);
  return {
    runtime,
    name: versionOf(runtime),
    device: devices[device].title,
    threads,
    notes: [note],
    session: { executionProviders: [device], intraOpNumThreads: threads, enableMemPattern: false },
    weightsInFiles: true,
    writesInPlace: true,
    training: device === 'cpu',
    precisions: device === 'cpu' ? [...precisions, 'int8'] : precisions,
    form: device === 'cpu' ? processorForm(architecture()) : { ...plainForms, stored: allRestored, passes: true },
  };
}

function versionOf(runtime: OnnxRuntime): string {
  return `${PACKAGE} ${runtime.env.versions.node ?? runtime.env.versions.common}`;
}
