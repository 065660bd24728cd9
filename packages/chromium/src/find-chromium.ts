import { existsSync } from 'node:fs';
import { AlexNetError } from '@alexnet/core';
import { unpackChromium } from './unpack-chromium.ts';

/** A Chromium that can be started. */
export interface ChromiumFile {
  readonly executablePath: string;
  /** A folder with libraries that it may need and the system may lack. */
  readonly libraries?: string;
}

const usual: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/**
 * `CHROME_PATH`, then the package @sparticuz/chromium, then the usual places.
 * Errors: `missing-dependency`, also when CHROME_PATH names no file: what was asked for is never replaced silently.
 */
export async function findChromium(environment: NodeJS.ProcessEnv = process.env): Promise<ChromiumFile> {
  const asked = environment['CHROME_PATH'];
  if (asked !== undefined && asked !== '') {
    if (existsSync(asked)) return { executablePath: asked };
    throw new AlexNetError({
      code: 'missing-dependency',
      message: `CHROME_PATH names ${asked}, which is not there`,
      fix: 'Set it to the file of a Chromium or Chrome, or unset it.',
    });
  }
  const unpacked = await unpackChromium();
  if (unpacked !== undefined) return unpacked;
  const installed = usual[process.platform]?.find((path) => existsSync(path));
  if (installed !== undefined) return { executablePath: installed };
  throw new AlexNetError({
    code: 'missing-dependency',
    message: 'There is no Chromium here',
    fix: 'Install Chromium or Chrome, set CHROME_PATH to one, or (Linux, x64) npm install @sparticuz/chromium.',
  });
}
