import { AlexNetError, type BackendProvider } from '@alexnet/core';
import { plainForms } from './model/lower.ts';
import { allRestored } from './providers/form.ts';
import { load } from './providers/load.ts';
import { importNative, nativeEngine } from './providers/node.ts';
import { importWeb, wasmEngine } from './providers/web.ts';
import { findWebGpu, webGpuEngine } from './providers/webgpu.ts';
import { createBackend } from './runtime/backend.ts';
import type { Engine, OnnxRuntime } from './runtime/engine.ts';

/** ONNX Runtime as its users write it: the exported model, its own operators, the options that are best here. */
const plain = { ...plainForms, stored: allRestored, passes: false };

/**
 * The peers that our graphs are measured against: id `onnxruntime-node`, `onnxruntime-web` and `onnxruntime-web/webgpu`.
 * Same engine, same number of threads, same weights; the graph is the file that any exporter writes.
 */
export function onnxPeers(): BackendProvider[] {
  return [
    peer('onnxruntime-node', imported('onnxruntime-node', importNative), (runtime, threads) =>
      nativeEngine(runtime, 'cpu', threads),
    ),
    peer('onnxruntime-web', imported('onnxruntime-web', importWeb), wasmEngine),
    peer('onnxruntime-web/webgpu', findWebGpu, webGpuEngine),
  ];
}

type Missing = { readonly missing: string; readonly fix: string };

/** Finding starts nothing: the thread count is fixed by the first engine that is set up. */
function peer<T extends object>(
  id: string,
  find: () => Promise<T | Missing>,
  setUp: (found: T, threads: number | undefined) => Engine,
): BackendProvider {
  return {
    id,
    async probe() {
      const found = await find();
      if ('missing' in found) return { available: false, detail: found.missing, fix: found.fix };
      return { available: true, detail: `${id} with the model as exported` };
    },
    async create({ threads } = {}) {
      const found = await find();
      if ('missing' in found)
        throw new AlexNetError({ code: 'missing-dependency', message: found.missing, fix: found.fix });
      return createBackend(id, { ...setUp(found, threads), form: plain, precisions: ['f32'] });
    },
  };
}

function imported(name: string, importer: () => Promise<unknown>): () => Promise<OnnxRuntime | Missing> {
  return () => load(name, importer);
}
