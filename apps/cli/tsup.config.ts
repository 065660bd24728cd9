import { defineConfig, type Options } from 'tsup';
import { library } from '../../tools/tsup.ts';

/** ONNX Runtime Web is not bundled into the page: the page loads it as published, from where its package is (`src/browser/site.ts`). */
const enginesApart: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'engines-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^onnxruntime-web\/wasm$/ }, () => ({ path: '/ort/ort.wasm.bundle.min.mjs', external: true }));
    onResolve({ filter: /^onnxruntime-web\/webgpu$/ }, () => ({
      path: '/ort/ort.webgpu.bundle.min.mjs',
      external: true,
    }));
    onResolve({ filter: /^onnxruntime-(node|web)$/ }, ({ path }) => ({ path, external: true }));
  },
};

export default defineConfig([
  library({
    entry: { main: 'src/main.ts' },
    platform: 'node',
    dts: false,
    banner: { js: '#!/usr/bin/env node' },
    clean: ['!page', '!page/**'],
  }),
  library({
    entry: { page: 'src/browser/page/page.ts', worker: 'src/browser/page/worker.ts' },
    outDir: 'dist/page',
    platform: 'browser',
    sourcemap: false, // TensorFlow.js is in it: three times the size of the code
    dts: false,
    noExternal: [/./],
    esbuildPlugins: [enginesApart],
  }),
]);
