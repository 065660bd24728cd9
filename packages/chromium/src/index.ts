export { type ChromiumFile, findChromium } from './find-chromium.ts';
export { type LaunchOptions, launchChromium } from './launch.ts';
