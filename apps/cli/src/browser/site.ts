import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { concatBytes, createVariant, type VariantOptions, writeSafetensors } from '@alexnet/core';
import { createInputs } from '../runs/node-host.ts';
import type { Site } from './serve.ts';

const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>alexnet</title><link rel="icon" href="data:,">
<script type="module" src="/page/page.js"></script></head><body></body></html>
`;

/**
 * What the page of a job needs: its own scripts, ONNX Runtime Web and tfjs's WebAssembly as their packages have them, and the photographs, preprocessed here and
 * sent as safetensors.
 */
export function siteFor({ dimensions }: { readonly dimensions?: VariantOptions }, signal: AbortSignal): Site {
  const inputs = createInputs(signal);
  const require = createRequire(import.meta.url);
  return {
    html,
    folders: {
      page: fileURLToPath(new URL('./page', import.meta.url)),
      ort: dirname(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')),
      tfjs: dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm')),
    },
    made: {
      async inputs(name) {
        const { preprocessing } = createVariant(name.replace(/\.safetensors$/, ''), dimensions);
        const tensors = await inputs(preprocessing);
        return concatBytes(writeSafetensors(new Map(tensors.map((input) => [input.name, input.tensor]))));
      },
    },
  };
}
