export { type ChromiumFile, findChromium } from './find-chromium.ts';
export { launchChromium } from './launch.ts';
