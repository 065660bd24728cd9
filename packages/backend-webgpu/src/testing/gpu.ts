import { findDawn } from '../node.ts';

/** WebGPU for tests. A run without any adapter must not look like one that passed: it fails, and says what to install. */
export async function testGpu(): Promise<GPU> {
  const dawn = await findDawn();
  if ('missing' in dawn) throw new Error(`No WebGPU test can run. ${dawn.missing}. ${dawn.fix}`);
  if ((await dawn.gpu.requestAdapter()) === null) {
    throw new Error('No WebGPU test can run: there is no adapter, not even a software one (npm package @sparticuz/chromium)');
  }
  return dawn.gpu;
}
