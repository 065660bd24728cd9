import { describe, expect, it } from 'vitest';
import { checkBytes, checkPixels, MAX_BYTES, MAX_PIXELS } from './limits.ts';

const saying = (code: string, text: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(text) });

describe('limits of images', () => {
  it('let through what is just within them', () => {
    expect(() => checkBytes(MAX_BYTES)).not.toThrow();
    expect(() => checkPixels({ width: MAX_PIXELS / 1000, height: 1000 })).not.toThrow();
  });

  it.each([
    { bytes: 0, says: 'empty file' },
    { bytes: MAX_BYTES + 1, says: 'The image has 65 MB, and the limit is 64 MB' },
  ])('refuse $bytes bytes', ({ bytes, says }) => {
    expect(() => checkBytes(bytes)).toThrow(saying('invalid-input', says));
  });

  it.each([
    { width: 0, height: 5, says: 'no size of its own' },
    { width: 30_000, height: 30_000, says: 'has 30000 x 30000 pixels, and the limit is 64 million' },
  ])('refuse $width x $height pixels', ({ width, height, says }) => {
    expect(() => checkPixels({ width, height })).toThrow(saying('invalid-input', says));
  });
});
