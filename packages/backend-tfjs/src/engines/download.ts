import type { Download } from '@alexnet/core';

/*
 * What a page loads of TensorFlow.js 4.22, minified and not shaken; a test compares this with the packages that are installed. Native TensorFlow is
 * not stated: it is installed, and its size depends on the platform.
 */

const script = (name: string) => `@tensorflow/tfjs-${name}/dist/tf-${name}.fesm.min.js`;

export const wasmDownload: Download = {
  files: [
    script('core'),
    script('backend-wasm'),
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm',
  ],
  bytes: 835_789,
  gzipBytes: 252_113,
};

export const webglDownload: Download = {
  files: [script('core'), script('backend-webgl')],
  bytes: 624_463,
  gzipBytes: 159_538,
};

export const webgpuDownload: Download = {
  files: [script('core'), script('backend-webgpu')],
  bytes: 574_139,
  gzipBytes: 149_181,
};

export const cpuDownload: Download = {
  files: [script('core'), script('backend-cpu')],
  bytes: 379_970,
  gzipBytes: 110_472,
};
