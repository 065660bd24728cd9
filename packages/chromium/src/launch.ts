import { AlexNetError } from '@alexnet/core';
import type { Browser } from 'playwright-core';
import { type ChromiumFile, findChromium } from './find-chromium.ts';

/** WebGPU on Linux is behind a flag. Without a GPU Chromium then takes SwiftShader by itself; `--disable-gpu` would leave no adapter. */
const webgpuFlag = '--enable-unsafe-webgpu';

/** They keep the browser from talking to its maker while something is timed. */
const quietFlags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export interface LaunchOptions {
  /** False: as most browsers on Linux are, without WebGPU where there is no GPU. Default: true. */
  readonly webgpu?: boolean;
  /** More switches for the browser: `--force-dark-mode`. */
  readonly flags?: readonly string[];
}

/** Starts a headless Chromium. Errors: `missing-dependency` with what to install. */
export async function launchChromium({ webgpu = true, flags = [] }: LaunchOptions = {}): Promise<Browser> {
  const file = await findChromium();
  const { chromium } = await importPlaywright();
  const start = (env: NodeJS.ProcessEnv) =>
    chromium.launch({
      executablePath: file.executablePath,
      args: [...(webgpu ? [webgpuFlag] : []), ...quietFlags, ...flags],
      env: definedOf(env),
      handleSIGINT: false, // Ctrl-C is ours: it ends the run and reports it as cancelled
    });
  try {
    return await start(process.env).catch((error: unknown) => {
      if (file.libraries === undefined || !lacksLibraries(error)) throw error;
      return start(withLibraries(file.libraries));
    });
  } catch (cause) {
    throw doesNotStart(file, cause);
  }
}

async function importPlaywright(): Promise<typeof import('playwright-core')> {
  try {
    return await import('playwright-core');
  } catch (cause) {
    throw new AlexNetError({
      code: 'missing-dependency',
      message: 'The package playwright-core, which drives the browser, is not installed',
      fix: 'Install it: npm install playwright-core',
      cause,
    });
  }
}

function lacksLibraries(error: unknown): boolean {
  return String(error).includes('error while loading shared libraries');
}

function withLibraries(folder: string): NodeJS.ProcessEnv {
  const paths = [process.env['LD_LIBRARY_PATH'], folder].filter((path) => path !== undefined && path !== '');
  return { ...process.env, LD_LIBRARY_PATH: paths.join(':') };
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function doesNotStart({ executablePath }: ChromiumFile, cause: unknown): AlexNetError {
  const missing = /error while loading shared libraries: (\S+?):/.exec(String(cause))?.[1];
  return new AlexNetError({
    code: 'missing-dependency',
    message: `${executablePath} does not start: ${missing === undefined ? firstLine(cause) : `it needs ${missing}`}`,
    fix:
      missing === undefined
        ? 'Set CHROME_PATH to another Chromium or Chrome.'
        : `Install ${missing}, or set CHROME_PATH to another Chromium or Chrome.`,
    cause,
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
