import { describe, expect, it } from 'vitest';
import type { Manifest } from './manifest.ts';
import { readPart } from './shard.ts';
import { manifestOf } from './testing/read-back.ts';
import { writeSmall } from './testing/small-network.ts';

interface Opened {
  readonly manifest: Manifest;
  readonly data: Uint8Array;
  /** The first byte of the data and of the scales of fc7's last part, which is short of a block. */
  readonly at: number;
  readonly scalesAt: number;
  read(bytes?: Uint8Array): unknown;
}

async function open(precision: 'f32' | 'q8' | 'q4' | 'dc'): Promise<Opened> {
  const files = await writeSmall({ precision });
  const manifest = manifestOf(files);
  const parameter = manifest.parameters.find(({ name }) => name === 'fc7.weight')!;
  const part = parameter.parts.at(-1)!;
  const data = new Uint8Array(files[part.shard]!.data);
  const place = (tensor: string | undefined) =>
    manifest.shards[part.shard]!.tensors.find(({ name }) => name === tensor)?.begin ?? 0;
  return {
    manifest,
    data,
    at: place(part.data),
    scalesAt: place(part.scales),
    read: (bytes = data) => readPart(manifest, parameter, part, bytes),
  };
}

const refused = (says: string) =>
  expect.objectContaining({ code: 'invalid-file', message: expect.stringContaining(says) });

describe('a shard', () => {
  it('does not stay in memory with what is read of it, though it be a Buffer', async () => {
    for (const precision of ['f32', 'q8', 'q4', 'dc'] as const) {
      const { read, data } = await open(precision);
      const bytes = Buffer.from(data);
      const stored = read(bytes) as { data: Float32Array; scales?: Float32Array };
      expect([stored.data.buffer, stored.scales?.buffer]).not.toContain(bytes.buffer);
      expect(stored.data.buffer.byteLength).toBe(stored.data.byteLength);
    }
  });

  it.each([
    { why: 'cut', change: (data: Uint8Array) => data.slice(0, -1), says: 'by the manifest' },
    { why: 'longer', change: (data: Uint8Array) => new Uint8Array([...data, 0]), says: 'by the manifest' },
    { why: 'of zeros', change: (data: Uint8Array) => data.fill(0), says: 'JSON' },
    {
      why: 'with tensors of other names',
      change: (data: Uint8Array) => put(data, 'fc7.bias', 'fc9.bias'),
      says: 'no tensor "fc7.bias"',
    },
    { why: 'with tensors of other types', change: (data: Uint8Array) => put(data, '"F32"', '"I32"'), says: 'I32' },
    {
      why: 'with a tensor that the manifest does not name',
      change: (data: Uint8Array) => put(data, '"__pad0"', '"secret"'),
      says: 'tensors, and by',
    },
    {
      why: 'with a tensor that is hidden as a pad',
      change: (data: Uint8Array) => put(data, '"fc7.bias"', '"__pad77"'.padEnd(10)),
      says: 'tensors, and by',
    },
  ])('is refused: $why', async ({ change, says }) => {
    const { data, read } = await open('q8');
    expect(() => read(change(data))).toThrow(refused(says));
  });

  /** Replaces text by text of the same length. */
  function put(data: Uint8Array, from: string, to: string): Uint8Array {
    const text = Buffer.from(data).toString('latin1').replace(from, to);
    return new Uint8Array(Buffer.from(text, 'latin1'));
  }
});

describe('numbers that a precision has not', () => {
  it.each([
    { why: 'NaN as the scale of a q8 row', precision: 'q8' as const, bytes: [0, 0, 0xc0, 0x7f], says: 'finite' },
    { why: 'infinity as the scale of a q8 row', precision: 'q8' as const, bytes: [0, 0, 0x80, 0xff], says: 'finite' },
    { why: 'NaN as the scale of a q4 block', precision: 'q4' as const, bytes: [0, 0x7e], says: 'finite' },
    { why: 'infinity as the scale of a q4 block', precision: 'q4' as const, bytes: [0, 0x7c], says: 'finite' },
  ])('are refused: $why', async ({ precision, bytes, says }) => {
    const { data, scalesAt, read } = await open(precision);
    data.set(bytes, scalesAt);
    expect(() => read()).toThrow(refused(says));
  });

  it('are refused: -128 in q8', async () => {
    const { data, at, read } = await open('q8');
    data[at + 5] = 0x80;
    expect(() => read()).toThrow(refused('-128'));
  });

  it.each([6, 15])(
    'are refused: anything but zeros after the last of a q4 row, byte %d of its last block',
    async (byte) => {
      const { data, at, read } = await open('q4');
      data[at + 6 * 16 + byte] = 0x98; // 204 inputs: 12 in the last of 7 blocks, 6 bytes
      expect(() => read()).toThrow(refused('filled up'));
    },
  );

  it('are refused: dc that does not decode', async () => {
    const { data, at, read } = await open('dc');
    data[at] = 7;
    expect(() => read()).toThrow(refused('version'));
  });
});
