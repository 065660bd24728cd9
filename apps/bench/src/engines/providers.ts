import { onnxWebGpuProvider, onnxWebProvider } from '@alexnet/backend-onnx';
import { tfjsProviders } from '@alexnet/backend-tfjs';
import { webgpuProvider } from '@alexnet/backend-webgpu';
import { type BackendProvider, referenceProvider } from '@alexnet/core';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';

/** Relative to the page, wherever it lies; tfjs's own threads know no page. */
const absolute = (url: string) => new URL(url, import.meta.url).href;

const wasmPath = {
  'tfjs-backend-wasm.wasm': absolute(plain),
  'tfjs-backend-wasm-simd.wasm': absolute(simd),
  'tfjs-backend-wasm-threaded-simd.wasm': absolute(threaded),
};

/** Every backend that a browser may have, fastest expected first. For workers: the page itself loads no engine. */
export function providersHere(): BackendProvider[] {
  return [
    webgpuProvider(),
    onnxWebGpuProvider(),
    onnxWebProvider(),
    ...tfjsProviders({ wasmPath }),
    referenceProvider(),
  ];
}
