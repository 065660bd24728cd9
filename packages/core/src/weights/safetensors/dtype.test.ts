import { describe, expect, it } from 'vitest';
import { isFloat, type StoredTensor, toFloat32, toFloat64 } from './dtype.ts';

const bytesOf = (data: ArrayLike<number> & { buffer: ArrayBufferLike }) => new Uint8Array(data.buffer);
const half = (...bits: number[]): StoredTensor => ({
  dtype: 'F16',
  shape: [bits.length],
  data: bytesOf(Uint16Array.from(bits)),
});

describe('toFloat32', () => {
  it.each([
    [0x0000, 0, 'zero'],
    [0x8000, -0, 'minus zero'],
    [0x3c00, 1, 'one'],
    [0xc000, -2, 'a negative number'],
    [0x3555, 0.333251953125, 'a fraction'],
    [0x7bff, 65504, 'the largest'],
    [0x0400, 2 ** -14, 'the smallest normal'],
    [0x03ff, 1023 * 2 ** -24, 'the largest subnormal'],
    [0x0200, 2 ** -15, 'a subnormal power of two'],
    [0x8001, -(2 ** -24), 'the smallest subnormal, negative'],
    [0x7c00, Number.POSITIVE_INFINITY, 'infinity'],
    [0xfc00, Number.NEGATIVE_INFINITY, 'minus infinity'],
    [0x7e00, Number.NaN, 'NaN'],
    [0x7c01, Number.NaN, 'a NaN with the smallest payload'],
  ])('reads the half %d as %d: %s', (bits, want) => {
    expect(toFloat32(half(bits))[0]).toBe(want);
  });

  it.each([
    { what: 'a typed array', at: (bytes: Uint8Array) => bytes },
    { what: 'a Buffer, whose slice is no copy', at: (bytes: Uint8Array) => Buffer.from(bytes.buffer) },
  ])('reads float32 at an odd offset of $what', ({ at }) => {
    const file = at(Uint8Array.from([9, 9, 9, ...bytesOf(Float32Array.of(1.5, -2))]));
    expect([...toFloat32({ dtype: 'F32', shape: [2], data: file.subarray(3) })]).toEqual([1.5, -2]);
  });

  it('reads every half by the definition of binary16', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const values = toFloat32(half(...all));
    const wrong = [...all].filter((bits) => {
      const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
      const finite = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
      const want = sign * (exponent < 31 ? finite : fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN);
      return !Object.is(values[bits], want);
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    [0x3f80, 1],
    [0xc049, -3.140625],
    [0x0001, 2 ** -133],
    [0x7f80, Number.POSITIVE_INFINITY],
    [0xffc0, Number.NaN],
  ])('reads the bfloat16 %d as %d', (bits, want) => {
    expect(toFloat32({ dtype: 'BF16', shape: [1], data: bytesOf(Uint16Array.of(bits)) })[0]).toBe(want);
  });

  it('rounds float64 to the nearest float32', () => {
    const data = bytesOf(Float64Array.of(0.1, 1 + 2 ** -24, 1e300));
    expect([...toFloat32({ dtype: 'F64', shape: [3], data })]).toEqual([Math.fround(0.1), 1, Number.POSITIVE_INFINITY]);
  });

  it('does not copy aligned float32 and copies what is not aligned', () => {
    const data = new Uint8Array(16);
    new DataView(data.buffer).setFloat32(3, 1.5, true);
    new DataView(data.buffer).setFloat32(8, 2.5, true);
    const aligned = toFloat32({ dtype: 'F32', shape: [2], data: data.subarray(8) });
    expect(aligned.buffer).toBe(data.buffer);
    expect(aligned[0]).toBe(2.5);
    expect(toFloat32({ dtype: 'F32', shape: [1], data: data.subarray(3, 7) })).toEqual(Float32Array.of(1.5));
  });

  it('refuses integers', () => {
    const integers: StoredTensor = { dtype: 'I64', shape: [1], data: new Uint8Array(8) };
    expect(isFloat(integers)).toBe(false);
    expect(() => toFloat32(integers)).toThrow(/I64 does not hold floating-point values/);
  });
});

describe('toFloat64', () => {
  it('keeps every bit of float64 and widens the others', () => {
    expect([...toFloat64({ dtype: 'F64', shape: [1], data: bytesOf(Float64Array.of(0.1)) })]).toEqual([0.1]);
    expect([...toFloat64(half(0x3555))]).toEqual([0.333251953125]);
  });
});
