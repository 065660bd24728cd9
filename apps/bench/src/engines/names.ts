/** What the page says of a backend before anything of it is loaded. The order is that of `providersHere`. */
export const backendNames = {
  webgpu: 'WebGPU, kernels of our own',
  'onnx-webgpu': 'ONNX Runtime on WebGPU',
  'onnx-web': 'ONNX Runtime in WebAssembly',
  'tfjs-webgpu': 'TensorFlow.js on WebGPU',
  'tfjs-webgl': 'TensorFlow.js on WebGL',
  'tfjs-wasm': 'TensorFlow.js in WebAssembly',
  'tfjs-cpu': 'TensorFlow.js in JavaScript',
  reference: 'The yardstick: float64 in JavaScript',
} as const;

export type BackendId = keyof typeof backendNames;
