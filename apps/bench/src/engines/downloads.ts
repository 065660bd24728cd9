import type { BackendId } from './names.ts';

/**
 * Bytes that the engine of a backend is on its way, compressed: what its provider says of itself, which the page cannot ask without loading it. A
 * test compares them. 0: the browser has it, or this site's own code is all.
 */
export const downloadBytes: Readonly<Record<BackendId, number>> = {
  webgpu: 0,
  'onnx-webgpu': 6_645_175,
  'onnx-web': 3_711_763,
  'tfjs-webgpu': 149_181,
  'tfjs-webgl': 159_538,
  'tfjs-wasm': 252_113,
  'tfjs-cpu': 110_472,
  reference: 0,
};
