import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { concatBytes, createVariant, writeSafetensors } from '@alexnet/core';
import { createInputs } from '../runs/node-host.ts';
import type { Job } from './job.ts';
import type { Site } from './serve.ts';

const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>alexnet</title><link rel="icon" href="data:,">
<script type="module" src="/page/page.js"></script></head><body></body></html>
`;

/**
 * What the page of a job needs: its own scripts, ONNX Runtime Web as its package has it, and the photographs, preprocessed here and
 * sent as safetensors.
 */
export function siteFor({ dimensions }: Pick<Job, 'dimensions'>, signal: AbortSignal): Site {
  const inputs = createInputs(signal);
  return {
    html,
    folders: {
      page: fileURLToPath(new URL('./page', import.meta.url)),
      ort: dirname(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')),
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
