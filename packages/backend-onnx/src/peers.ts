import { AlexNetError, type BackendProvider } from '@alexnet/core';
import { plainForms } from './model/lower.ts';
import { load } from './providers/load.ts';
import { importNative, nativeEngine } from './providers/node.ts';
import { importWeb, wasmEngine } from './providers/web.ts';
import { createBackend } from './runtime/backend.ts';
import type { Engine, OnnxRuntime } from './runtime/engine.ts';

/** ONNX Runtime as its users write it: the exported model, its own operators, the options that are best here. */
const plain = { ...plainForms, passes: false };

/**
 * The peers that our graphs are measured against: id `onnxruntime-node` and `onnxruntime-web`.
 * Same engine, same number of threads, same weights; the graph is the file that any exporter writes.
 */
export function onnxPeers(): BackendProvider[] {
  return [
    peer('onnxruntime-node', importNative, (runtime, threads) => nativeEngine(runtime, 'cpu', threads)),
    peer('onnxruntime-web', importWeb, wasmEngine),
  ];
}

function peer(
  id: string,
  importer: () => Promise<unknown>,
  setUp: (runtime: OnnxRuntime, threads: number | undefined) => Engine,
): BackendProvider {
  const find = () => load(id, importer);
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
      return createBackend(id, { ...setUp(found, threads), form: plain });
    },
  };
}
