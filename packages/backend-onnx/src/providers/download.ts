import type { Download } from '@alexnet/core';

/*
 * What a page loads of onnxruntime-web 1.30; a test compares this with the package that is installed. Native ONNX Runtime is not stated: it is
 * installed, and its size depends on the platform.
 */

export const wasmDownload: Download = {
  files: ['onnxruntime-web/dist/ort.wasm.bundle.min.mjs', 'onnxruntime-web/dist/ort-wasm-simd-threaded.wasm'],
  bytes: 14_312_951,
  gzipBytes: 3_711_763,
};

export const webGpuDownload: Download = {
  files: [
    'onnxruntime-web/dist/ort.webgpu.bundle.min.mjs',
    'onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm',
  ],
  bytes: 26_899_646,
  gzipBytes: 6_645_175,
};
