import { describe, expect, it } from 'vitest';
import { philoxStream } from '../philox.ts';
import { codeLengths, codesOf, decodeTable } from './huffman.ts';

const sum = (lengths: Uint8Array) => lengths.reduce((total, length) => total + (length === 0 ? 0 : 2 ** -length), 0);

describe('codeLengths', () => {
  it.each([
    { why: 'no symbols', counts: [0, 0], lengths: [0, 0] },
    { why: 'one symbol', counts: [0, 9, 0], lengths: [0, 1, 0] },
    { why: 'two symbols', counts: [1, 0, 1000], lengths: [1, 0, 1] },
    { why: 'four alike', counts: [5, 5, 5, 5], lengths: [2, 2, 2, 2] },
    { why: 'halves', counts: [8, 4, 2, 1, 1], lengths: [1, 2, 3, 4, 4] },
  ])('gives the best code: $why', ({ counts, lengths }) => {
    expect([...codeLengths(counts)]).toEqual(lengths);
  });

  it('stays within 12 bits where the best code would not, and fills the code up', () => {
    const lengths = codeLengths(Array.from({ length: 40 }, (_, i) => 2 ** i));
    expect(Math.max(...lengths)).toBe(12);
    expect(sum(lengths)).toBe(1);
  });

  it('is a complete code of any 256 symbols', () => {
    for (let seed = 0; seed < 20; seed++) {
      const counts = [...philoxStream([0, 0, 0, 0], [seed, 1], 256)].map((word) => word >>> (word % 31));
      expect(sum(codeLengths(counts))).toBe(1);
    }
  });
});

describe('decodeTable', () => {
  it('finds every symbol at the bits of its code, whatever follows', () => {
    const lengths = Uint8Array.of(3, 0, 1, 3, 2);
    const table = decodeTable(lengths)!;
    for (const [symbol, code] of codesOf(lengths).entries()) {
      const length = lengths[symbol]!;
      if (length === 0) continue;
      for (let rest = 0; rest < 1 << (12 - length); rest++) {
        expect(table[code | (rest << length)]).toBe((symbol << 4) | length);
      }
    }
  });

  it('takes both bits for a symbol that is alone', () => {
    expect(new Set(decodeTable(Uint8Array.of(0, 0, 1)))).toEqual(new Set([(2 << 4) | 1]));
  });

  it.each([
    { why: 'no symbols', lengths: [0, 0] },
    { why: 'three codes of one bit', lengths: [1, 1, 1] },
    { why: 'bits without a meaning', lengths: [1, 2] },
    { why: 'one symbol of two bits', lengths: [2] },
    { why: 'a code of 13 bits', lengths: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 13] },
  ])('refuses $why', ({ lengths }) => {
    expect(decodeTable(Uint8Array.from(lengths))).toBeUndefined();
  });
});
