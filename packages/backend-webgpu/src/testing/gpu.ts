import { findDawn } from '../node.ts';

/**
 * WebGPU for tests; undefined where there is no adapter, and tests skip. In CI that must not look like a run that passed: it throws.
 */
export const gpu = await find();

async function find(): Promise<GPU | undefined> {
  const dawn = await findDawn();
  const missing =
    'missing' in dawn
      ? `${dawn.missing}. ${dawn.fix}`
      : (await dawn.gpu.requestAdapter()) === null
        ? 'There is no adapter, not even a software one (npm package @sparticuz/chromium)'
        : undefined;
  if (missing === undefined && 'gpu' in dawn) return dawn.gpu;
  if (process.env['CI'] !== undefined) throw new Error(`No WebGPU test can run. ${missing}`);
  console.warn(`WebGPU tests are skipped. ${missing}`);
  return undefined;
}
