import { describe, expect, it } from 'vitest';
import { findChromium } from './find-chromium.ts';

describe('finding Chromium', () => {
  it('takes CHROME_PATH before anything else', async () => {
    expect(await findChromium({ CHROME_PATH: process.execPath })).toEqual({ executablePath: process.execPath });
  });

  it('says so when CHROME_PATH names nothing, and takes no other', async () => {
    await expect(findChromium({ CHROME_PATH: '/nowhere/chrome' })).rejects.toMatchObject({
      code: 'missing-dependency',
      message: expect.stringContaining('/nowhere/chrome'),
    });
  });
});
