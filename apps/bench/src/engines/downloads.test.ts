import { onnxWebGpuProvider, onnxWebProvider } from '@alexnet/backend-onnx';
import { tfjsProvider } from '@alexnet/backend-tfjs';
import { webgpuProvider } from '@alexnet/backend-webgpu';
import { referenceProvider } from '@alexnet/core';
import { expect, it } from 'vitest';
import { downloadBytes } from './downloads.ts';

it('the page says of downloads what the providers say', () => {
  const providers = [
    webgpuProvider(),
    onnxWebGpuProvider(),
    onnxWebProvider(),
    ...(['webgpu', 'webgl', 'wasm', 'cpu'] as const).map((engine) => tfjsProvider({ engine })),
    referenceProvider(),
  ];
  const said = Object.fromEntries(providers.map(({ id, download }) => [id, download?.gzipBytes ?? 0]));
  expect(downloadBytes).toEqual(said);
});
