import { describe, expect, it } from 'vitest';
import { philoxStream } from '../philox.ts';
import { firstDifference } from '../testing/first-difference.ts';
import { decodeDc } from './decode.ts';
import { encodeDc } from './encode.ts';
import { bitsStart } from './format.ts';

/** Values of which about one in `every` is one of `distinct` that are not 0. */
function sparse(length: number, every: number, distinct: number): Float32Array {
  const words = philoxStream([0, 0, 0, 0], [length, every], 2 * length);
  return Float32Array.from({ length }, (_, i) =>
    words[2 * i]! % every === 0 ? ((words[2 * i + 1]! % distinct) + 1) * (i % 2 === 0 ? 0.25 : -0.5) : 0,
  );
}

describe('what is encoded', () => {
  it.each([
    { why: 'nothing', values: new Float32Array(0) },
    { why: 'one zero', values: new Float32Array(1) },
    { why: 'one value', values: Float32Array.of(3) },
    { why: 'only zeros', values: new Float32Array(10_000) },
    { why: 'a constant', values: new Float32Array(1000).fill(-0.125) },
    {
      why: 'a value at the end of many zeros',
      values: Float32Array.from({ length: 5000 }, (_, i) => (i === 4999 ? 1 : 0)),
    },
    {
      why: 'gaps of 254, 255, 256, 510',
      values: Float32Array.from({ length: 1300 }, (_, i) => ([254, 510, 767, 1278].includes(i) ? i : 0)),
    },
    { why: 'two values, no zeros', values: Float32Array.from({ length: 999 }, (_, i) => (i % 3 === 0 ? 1 : -1)) },
    {
      why: '256 different values, which need all codes',
      values: Float32Array.from({ length: 4096 }, (_, i) => (i % 256) - 300),
    },
    { why: 'the smallest and the largest numbers', values: Float32Array.of(2 ** -149, 0, -(2 ** 127), 0, 2 ** -126) },
    { why: 'few values', values: sparse(30_000, 11, 15) },
    { why: 'many values', values: sparse(30_000, 2, 127) },
    { why: 'hardly any', values: sparse(200_000, 5000, 100) },
    { why: 'frequencies that would make codes of more than 12 bits', values: powers() },
  ])('is decoded: $why', ({ values }) => {
    expect(firstDifference(decodeDc(encodeDc(values), values.length), values)).toBe(-1);
  });

  /** Value k occurs 2^k times, k to 17: Huffman's own code has 17 bits. */
  function powers(): Float32Array {
    return Float32Array.from({ length: 2 ** 18 - 1 }, (_, i) => 1 + Math.floor(Math.log2(i + 1)));
  }

  it('loses the sign of zeros, and nothing else', () => {
    expect([...decodeDc(encodeDc(Float32Array.of(-0, 1, -0)), 3)]).toEqual([0, 1, 0]);
  });

  it('is the same each time, and does not depend on where the values lie in memory', () => {
    const values = sparse(5000, 7, 20);
    const moved = new Float32Array(5003);
    moved.set(values, 3);
    expect(encodeDc(moved.subarray(3))).toEqual(encodeDc(values));
  });

  it('takes the bits that its formula says', () => {
    // 2 gaps (0, 3) of one bit each, 2 values of one bit each: 4 elements, 6 bits in all
    const bytes = encodeDc(Float32Array.of(5, 0, 0, 0, -5, 5));
    expect(bytes.length).toBe(bitsStart(2) + 1);
    expect([...new Float32Array(bytes.slice(12, 20).buffer)]).toEqual([-5, 5]);
    // gap 0 is 0, gap 3 is 1; -5 is 0, 5 is 1; lowest bit first: 0 1 | 1 0 | 0 1
    expect(bytes.at(-1)).toBe(0b10_01_10);
  });

  it('takes near to what the entropy is', () => {
    const values = sparse(2 ** 18, 11, 16);
    const kept = values.filter((value) => value !== 0).length;
    const p = kept / values.length;
    const gap = (-p * Math.log2(p) - (1 - p) * Math.log2(1 - p)) / p;
    const bits = kept * (gap + 5); // 32 values, equally often
    expect((8 * encodeDc(values).length) / bits).toBeLessThan(1.02);
  });

  it('takes at least a byte for 256 elements, so that what is decoded is in proportion to it', () => {
    expect(encodeDc(new Float32Array(2 ** 20)).length).toBe(2 ** 12);
  });

  it.each([
    { why: '257 different values', values: Float32Array.from({ length: 257 }, (_, i) => i + 1) },
    { why: 'NaN', values: Float32Array.of(1, Number.NaN) },
    { why: 'infinity', values: Float32Array.of(Number.NEGATIVE_INFINITY) },
  ])('is not $why', ({ values }) => {
    expect(() => encodeDc(values)).toThrow(expect.objectContaining({ code: 'invalid-weights' }));
  });
});

describe('bytes that no encoder wrote', () => {
  const values = sparse(3000, 9, 6);
  const good = encodeDc(values);
  const count = new DataView(good.buffer).getUint16(2, true);
  const lengthsAt = 12 + 4 * count;
  const edit = (change: (bytes: Uint8Array, view: DataView) => void) => {
    const bytes = good.slice();
    change(bytes, new DataView(bytes.buffer));
    return bytes;
  };

  it.each([
    { why: 'none', bytes: new Uint8Array(0), says: 'no header' },
    { why: 'half a header', bytes: good.slice(0, 11), says: 'no header' },
    { why: 'another version', bytes: edit((bytes) => bytes.fill(2, 0, 1)), says: 'version' },
    { why: 'another number of elements', bytes: edit((_, view) => view.setUint32(4, 2999, true)), says: '2999' },
    {
      why: 'more that are kept than there are',
      bytes: edit((_, view) => view.setUint32(8, 3001, true)),
      says: 'do not hold',
    },
    {
      why: 'more that are kept than follow',
      bytes: edit((_, view) => view.setUint32(8, 2000, true)),
      says: /too early|beyond/,
    },
    { why: 'fewer that are kept than follow', bytes: edit((_, view) => view.setUint32(8, 1, true)), says: 'follows' },
    {
      why: 'none that are kept, though bits follow',
      bytes: edit((_, view) => view.setUint32(8, 0, true)),
      says: 'complete code',
    },
    { why: 'more values than fit', bytes: edit((_, view) => view.setUint16(2, 65535, true)), says: '65535 values' },
    { why: 'a value that is NaN', bytes: edit((_, view) => view.setFloat32(12, Number.NaN, true)), says: 'NaN' },
    {
      why: 'an infinite value',
      bytes: edit((_, view) => view.setFloat32(12, Number.NEGATIVE_INFINITY, true)),
      says: 'Infinity',
    },
    { why: 'a value that is 0', bytes: edit((_, view) => view.setFloat32(12, 0, true)), says: 'The value 0' },
    { why: 'values that do not rise', bytes: edit((_, view) => view.setFloat32(16, -1000, true)), says: 'rise' },
    {
      why: 'codes that are too full',
      bytes: edit((bytes) => bytes.fill(0x11, lengthsAt, lengthsAt + 2)),
      says: 'complete code',
    },
    {
      why: 'codes that leave bits without a meaning',
      bytes: edit((bytes) => bytes.fill(0, lengthsAt, lengthsAt + 1)),
      says: 'complete code',
    },
    {
      why: 'codes that are too long',
      bytes: edit((bytes) => bytes.fill(0xff, lengthsAt, lengthsAt + 128)),
      says: 'complete code',
    },
    { why: 'no codes', bytes: edit((bytes) => bytes.fill(0, lengthsAt, lengthsAt + 128)), says: 'complete code' },
    { why: 'bits that are cut', bytes: good.slice(0, -3), says: 'too early' },
    { why: 'bytes too many', bytes: new Uint8Array([...good, 1]), says: 'follows' },
  ])('are refused: $why', ({ bytes, says }) => {
    expect(() => decodeDc(bytes, values.length)).toThrow(
      expect.objectContaining({
        code: 'invalid-file',
        message: typeof says === 'string' ? expect.stringContaining(says) : expect.stringMatching(says),
      }),
    );
  });

  it('are refused before memory is taken: few bytes for many elements', () => {
    const bytes = edit((_, view) => view.setUint32(4, 2 ** 31, true));
    expect(() => decodeDc(bytes, 2 ** 31)).toThrow(/do not hold/);
  });

  it('are refused as soon as the bits end, not after all the elements that are claimed', () => {
    const ones = encodeDc(new Float32Array(4000).fill(1));
    expect(() => decodeDc(ones.slice(0, -500), 4000)).toThrow(/too early.*element 2000/);
  });

  it('are refused: a last code of which a part is missing', () => {
    for (let length = 20; length < 400; length += 10) {
      const part = encodeDc(sparse(length, 2, 3));
      expect(() => decodeDc(part.slice(0, -1), length)).toThrow(/too early/);
    }
  });

  it('are refused: a gap that leads beyond the end', () => {
    const part = encodeDc(Float32Array.of(0, 0, 0, 7));
    part[4] = 3; // elements
    expect(() => decodeDc(part, 3)).toThrow(/beyond/);
  });
});
