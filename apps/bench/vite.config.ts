import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defineConfig } from 'vite';
import { tfjsThreads } from './plugins/tfjs-threads.ts';

/** Threads in WebAssembly need both. */
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

const nothing = fileURLToPath(new URL('src/engines/only-in-node.ts', import.meta.url));

export default defineConfig({
  base: './', // a static site that may lie in any folder
  resolve: {
    conditions: ['@alexnet/source', ...defaultClientConditions],
    alias: [{ find: /^onnxruntime-(node|web)$/, replacement: nothing }], // pages import onnxruntime-web/wasm and /webgpu
  },
  build: { target: 'es2022' },
  worker: { format: 'es', plugins: () => [tfjsThreads()] },
  server: { headers: isolation },
  preview: { headers: isolation },
});
