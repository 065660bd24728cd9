import { fileURLToPath } from 'node:url';
import { measureDownload } from '@alexnet/core/testing';
import { expect, it } from 'vitest';
import { cpuDownload, wasmDownload, webglDownload, webgpuDownload } from './download.ts';

const installed = fileURLToPath(new URL('../../node_modules', import.meta.url));

it.each([
  { of: 'WebAssembly', stated: wasmDownload },
  { of: 'WebGL', stated: webglDownload },
  { of: 'WebGPU', stated: webgpuDownload },
  { of: 'JavaScript', stated: cpuDownload },
])('what is stated of $of is what the installed packages have', async ({ stated }) => {
  const measured = await measureDownload(installed, stated.files);
  expect(stated.bytes).toBe(measured.bytes);
  expect(Math.abs(stated.gzipBytes / measured.gzipBytes - 1)).toBeLessThan(0.01); // versions of zlib differ
});
