import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defineConfig } from 'vite';
import { offline } from './plugins/offline.ts';
import { tfjsThreads } from './plugins/tfjs-threads.ts';

/** Threads in WebAssembly need both. */
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const nothing = here('src/engines/only-in-node.ts');

export default defineConfig({
  base: './', // a static site that may lie in any folder
  resolve: {
    conditions: ['@alexnet/source', ...defaultClientConditions],
    alias: [{ find: /^onnxruntime-(node|web)$/, replacement: nothing }], // pages import onnxruntime-web/wasm and /webgpu
  },
  plugins: [offline()],
  build: {
    target: 'es2022',
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: { index: here('index.html'), sw: here('src/offline/sw.ts') },
      // a service worker rules the folder that it lies in
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  worker: { format: 'es', plugins: () => [tfjsThreads()] },
  server: { headers: isolation },
  preview: { headers: isolation },
});
