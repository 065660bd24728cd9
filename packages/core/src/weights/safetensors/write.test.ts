import { describe, expect, it } from 'vitest';
import type { StoredTensor } from './dtype.ts';
import { readHeader } from './header.ts';
import { readSafetensors } from './read.ts';
import { concatBytes, type WritableTensor, writeSafetensors } from './write.ts';

const f32 = (...shape: number[]): WritableTensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => i / 8 - size) };
};
const write = (tensors: Record<string, WritableTensor>, metadata = {}) =>
  concatBytes(writeSafetensors(new Map(Object.entries(tensors)), { metadata }));

/** Names and offsets of all tensors in a file, pads included, in the header's order. */
function layout(bytes: Uint8Array) {
  const { entries, dataStart } = readHeader(bytes);
  return { dataStart, entries: entries.map(({ name, begin }) => [name, begin] as const) };
}

describe('writeSafetensors', () => {
  it('writes what readSafetensors reads back, of every kind', () => {
    const stored: StoredTensor = { dtype: 'BF16', shape: [3, 1], data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const bytes = write(
      {
        'conv.weight': f32(4, 3, 5, 2),
        wide: { shape: [2, 3], data: Float64Array.of(0.1, 0.2, 0.3, -0, Number.NaN, 1e300) },
        stored,
        scalar: f32(),
        none: f32(0, 7),
        'kůň "重"\n': f32(2),
        '7': f32(1),
      },
      { format: 'alexnet', note: '✓' },
    );
    const { tensors, metadata } = readSafetensors(bytes);
    expect(metadata).toEqual({ format: 'alexnet', note: '✓' });
    expect(tensors.get('stored')).toEqual(stored);
    expect(tensors.get('scalar')).toMatchObject({ dtype: 'F32', shape: [] });
    expect(tensors.get('none')).toEqual({ dtype: 'F32', shape: [0, 7], data: new Uint8Array(0) });
    expect(tensors.get('kůň "重"\n')?.shape).toEqual([2]);
    const wide = tensors.get('wide')!;
    expect(wide.dtype).toBe('F64');
    expect(new Float64Array(wide.data.slice().buffer)).toEqual(Float64Array.of(0.1, 0.2, 0.3, -0, Number.NaN, 1e300));
    const { data } = tensors.get('conv.weight')!;
    expect(new Float32Array(data.slice().buffer)).toEqual(f32(4, 3, 5, 2).data);
  });

  it.each([
    ['nothing', {}, []],
    [
      'only even sizes: no pad',
      { a: f32(64), b: f32(2, 64) },
      [
        ['a', 0],
        ['b', 256],
      ],
    ],
    [
      'one odd size: last, no pad',
      { odd: f32(3), a: f32(64), b: f32(2, 64) },
      [
        ['a', 0],
        ['b', 256],
        ['odd', 768],
      ],
    ],
    [
      'two odd sizes: one pad between them',
      { x: f32(3), a: f32(64), y: f32(65) },
      [
        ['a', 0],
        ['x', 256],
        ['__pad0', 268],
        ['y', 512],
      ],
    ],
    [
      'three odd sizes, in the order given',
      { z: f32(96), y: f32(1000), x: f32(1) },
      [
        ['z', 0],
        ['__pad0', 384],
        ['y', 512],
        ['__pad1', 4512],
        ['x', 4608],
      ],
    ],
    [
      'an empty tensor counts as even',
      { x: f32(3), e: f32(0) },
      [
        ['e', 0],
        ['x', 0],
      ],
    ],
  ])('aligns %s', (_what, tensors: Record<string, WritableTensor>, want) => {
    const { dataStart, entries } = layout(write(tensors));
    expect(entries).toEqual(want);
    expect(dataStart % 256).toBe(0);
    const unaligned = entries.filter(([name, begin]) => !name.startsWith('__pad') && begin % 256 !== 0);
    expect(unaligned).toEqual([]);
  });

  it('begins the data at a multiple of 256 for every header length', () => {
    for (let length = 1; length < 300; length++) {
      expect(layout(write({ ['n'.repeat(length)]: f32(3) })).dataStart % 256).toBe(0);
    }
  });

  it('gives the same bytes for the same content, whatever the order of the metadata', () => {
    const tensors = { a: f32(3), b: f32(64) };
    expect(write(tensors, { x: '1', y: '2' })).toEqual(write(tensors, { y: '2', x: '1' }));
  });

  it('gives the same bytes for what it read from its own file', () => {
    const bytes = write({ x: f32(3), a: f32(64), y: f32(65) }, { k: 'v' });
    const { tensors, metadata } = readSafetensors(bytes);
    expect(concatBytes(writeSafetensors(tensors, { metadata }))).toEqual(bytes);
  });

  it('copies no tensor: chunks are views of their memory', () => {
    const memory = new Float32Array(300);
    const chunks = writeSafetensors(new Map([['part', { shape: [2, 32], data: memory.subarray(100, 164) }]]));
    expect(chunks.map(({ byteLength }) => byteLength)).toEqual([256, 256]);
    expect(chunks[1]!.buffer).toBe(memory.buffer);
    expect(chunks[1]!.byteOffset).toBe(400);
  });

  it.each([
    ['__metadata__', f32(2), /name __metadata__ is reserved/],
    ['__pad3', f32(2), /name __pad3 is reserved/],
    ['constructor', f32(2), /name constructor is reserved/],
    ['short', { shape: [3, 2], data: new Float32Array(5) }, /F32 3x2 takes 24 bytes but the data has 20/],
    [
      'stored',
      { dtype: 'F16', shape: [3], data: new Uint8Array(7) } as const,
      /F16 3 takes 6 bytes but the data has 7/,
    ],
  ])('rejects the tensor %s', (name, tensor, message) => {
    expect(() => write({ [name]: tensor })).toThrow(message);
  });

  it('rejects the metadata key __proto__', () => {
    const metadata = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
    expect(() => writeSafetensors(new Map(), { metadata })).toThrow(/key __proto__ is reserved/);
  });
});
