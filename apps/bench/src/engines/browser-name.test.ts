import { expect, it } from 'vitest';
import { browserName } from './browser-name.ts';

const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';

it.each([
  {
    why: 'by its brand, not the invented one and not what it is built on',
    navigator: {
      userAgent: 'Mozilla/5.0 Chrome/147.0.0.0 Edg/147.0.0.0',
      userAgentData: {
        brands: [
          { brand: 'Not)A;Brand', version: '8' },
          { brand: 'Chromium', version: '147' },
          { brand: 'Microsoft Edge', version: '147' },
        ],
        platform: 'Windows',
      },
    },
    name: 'Microsoft Edge 147 on Windows',
  },
  {
    why: 'Safari, which has no brands',
    navigator: { userAgent: `${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15` },
    name: 'Safari 26.1 on macOS',
  },
  {
    why: 'Firefox on a phone',
    navigator: { userAgent: 'Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0' },
    name: 'Firefox 145.0 on Android',
  },
  {
    why: 'Chrome on a page without https, which has no brands either',
    navigator: { userAgent: `${mac} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36` },
    name: 'Chrome 147.0.0.0 on macOS',
  },
  { why: 'one that nobody knows', navigator: { userAgent: 'Mosaic' }, name: 'a browser' },
])('a browser is named: $why', ({ navigator, name }) => {
  expect(browserName(navigator)).toBe(name);
});
