import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

describe('UTF-8', () => {
  it.each([
    ['', 'nothing'],
    ['conv1.weight', 'one byte each'],
    ['\u0000\u007f\u0080\u07ff', 'the ends of one and two bytes'],
    ['\u0800\ud7ff\ue000\uffff', 'the ends of three bytes, around the surrogates'],
    ['\u{10000}\u{10ffff}', 'the ends of four bytes'],
    ['žluť 重み 🧠'.repeat(1000), 'longer than one chunk'],
  ])('agrees with TextEncoder and TextDecoder on %j: %s', (text) => {
    const bytes = encodeUtf8(text);
    expect(bytes).toEqual(new Uint8Array(new TextEncoder().encode(text)));
    expect(decodeUtf8(bytes)).toBe(text);
  });

  it('replaces a lone surrogate, as TextEncoder does', () => {
    expect(encodeUtf8('a\ud800b')).toEqual(new Uint8Array(new TextEncoder().encode('a\ud800b')));
  });

  it.each([
    [[0x80], 'a continuation byte alone'],
    [[0xc3], 'a sequence cut off'],
    [[0xc3, 0x28], 'a lead byte without its continuation'],
    [[0xc0, 0xaf], 'an overlong slash'],
    [[0xe0, 0x80, 0xaf], 'an overlong slash in three bytes'],
    [[0xf0, 0x80, 0x80, 0xaf], 'an overlong slash in four bytes'],
    [[0xed, 0xa0, 0x80], 'a surrogate'],
    [[0xf4, 0x90, 0x80, 0x80], 'a code point past the last'],
    [[0xf8, 0x88, 0x80, 0x80, 0x80], 'five bytes'],
    [[0xff], 'a byte that never occurs'],
  ])('finds that %j is not UTF-8: %s', (bytes) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined();
  });
});
