import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { useSoftwareDriver } from './software-driver.ts';

/** WebGPU in Node, or what is missing for it. */
export type Dawn = { readonly gpu: GPU; readonly engine: string } | { readonly missing: string; readonly fix: string };

let found: Promise<Dawn> | undefined;

/**
 * Dawn, once per process. A machine's own drivers come first; the software driver is added behind them.
 * The instance is kept for good: Dawn crashes when it is collected while an adapter lives.
 */
export function findDawn(): Promise<Dawn> {
  found ??= start();
  return found;
}

async function start(): Promise<Dawn> {
  try {
    const dawn = await load();
    await useSoftwareDriver();
    const manifest = join(dirname(createRequire(import.meta.url).resolve('webgpu')), 'package.json');
    const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
    return { gpu: dawn.create([]), engine: `Dawn (webgpu ${version})` };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    return { missing: `The npm package webgpu cannot be loaded: ${reason}`, fix: 'Run: npm install webgpu' };
  }
}

interface WebGpuPackage {
  create(options: string[]): GPU;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** The package, with WebGPU's classes and constants as globals, as browsers have them. */
async function load(): Promise<WebGpuPackage> {
  const dawn = (await import('webgpu')) as unknown as WebGpuPackage;
  for (const [name, value] of Object.entries(dawn.globals)) {
    if (!(name in globalThis)) Object.assign(globalThis, { [name]: value });
  }
  return dawn;
}

let nothing: GPU | undefined;

/** Dawn's null device, on every machine: it checks and compiles everything and runs nothing. */
export async function nullGpu(): Promise<GPU> {
  nothing ??= (await load()).create(['backend=null']);
  return nothing;
}
