import { type ByteSource, concatBytes, memorySource } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { all, bytes, double, float, packedVarints, varint } from './testing/proto-bytes.ts';
import { type Field, numberOf, rangeOf, type WireFile, wireFile } from './wire.ts';

async function walk(file: Uint8Array | ByteSource, of?: (file: WireFile, field: Field) => Promise<unknown>) {
  const wire = wireFile(file instanceof Uint8Array ? memorySource(file) : file);
  const found: unknown[] = [];
  for await (const field of wire.fields({ offset: 0, length: wire.source.size }, 'file')) {
    found.push(of === undefined ? field : await of(wire, field));
  }
  return found;
}

/** A source that notes what is read of it. */
function watched(file: Uint8Array): ByteSource & { readonly reads: [offset: number, length: number][] } {
  const inner = memorySource(file);
  const reads: [number, number][] = [];
  return {
    ...inner,
    reads,
    read(offset, length, options) {
      reads.push([offset, length]);
      return inner.read(offset, length, options);
    },
  };
}

describe('fields', () => {
  it.each([
    ['nothing', new Uint8Array(0), []],
    ['a varint', all(varint(3, 300)), [{ kind: 'varint', number: 3, value: 300 }]],
    ['a negative varint', all(varint(3, -2)), [{ kind: 'varint', number: 3, value: -2 }]],
    ['bytes', all(bytes(1, 'abc')), [{ kind: 'bytes', number: 1, range: { offset: 2, length: 3 } }]],
    ['no bytes', all(bytes(1, '')), [{ kind: 'bytes', number: 1, range: { offset: 2, length: 0 } }]],
    ['a high number', all(varint(2 ** 20, 1)), [{ kind: 'varint', number: 2 ** 20, value: 1 }]],
    ['a float', all(float(5, 1)), [{ kind: 'fixed', number: 5, width: 4, offset: 1, count: 1, stride: 5 }]],
    ['a double', all(double(8, 1)), [{ kind: 'fixed', number: 8, width: 8, offset: 1, count: 1, stride: 9 }]],
    [
      'an unpacked list as one field',
      all(float(5, 1), float(5, 2), float(5, 3), varint(1, 7)),
      [
        { kind: 'fixed', number: 5, width: 4, offset: 1, count: 3, stride: 5 },
        { kind: 'varint', number: 1, value: 7 },
      ],
    ],
    [
      'lists under tags of two bytes, one after the other',
      all(float(100, 1), float(100, 2), float(101, 3)),
      [
        { kind: 'fixed', number: 100, width: 4, offset: 2, count: 2, stride: 6 },
        { kind: 'fixed', number: 101, width: 4, offset: 14, count: 1, stride: 6 },
      ],
    ],
  ])('walks %s', async (_what, file, fields) => {
    expect(await walk(file)).toEqual(fields);
  });

  it('joins an unpacked list that is longer than a window', async () => {
    const one = all(float(5, 1));
    const list = new Uint8Array(one.length * 40_000 + 2);
    for (let i = 0; i < 40_000; i++) list.set(one, i * one.length);
    list.set(all(varint(2, 9)), one.length * 40_000);
    expect(await walk(list)).toEqual([
      { kind: 'fixed', number: 5, width: 4, offset: 1, count: 40_000, stride: 5 },
      { kind: 'varint', number: 2, value: 9 },
    ]);
  });

  it('reads the heads of fields and passes over what they span', async () => {
    const source = watched(concatBytes([all(bytes(1, new Uint8Array(3_000_000))), all(varint(2, 5))]));
    expect(await walk(source)).toHaveLength(2);
    expect(source.reads.reduce((sum, [, length]) => sum + length, 0)).toBeLessThan(2 ** 17);
  });

  it('goes on in a message after one inside of it was walked', async () => {
    const inner = all(varint(1, 10), varint(2, 20));
    const file = all(bytes(1, inner), bytes(1, new Uint8Array(200_000)), bytes(3, inner));
    const found = await walk(file, async (wire, field) => {
      const values: unknown[] = [];
      if (rangeOf(field, 'file').length > 100) return 'large';
      for await (const one of wire.fields(rangeOf(field, 'file'), 'inner')) values.push(numberOf(one, 'inner'));
      return values;
    });
    expect(found).toEqual([[10, 20], 'large', [10, 20]]);
  });

  it.each([
    ['a length past the end', all(bytes(1, 'abc')).subarray(0, 4), /field of 3 bytes is cut off: 2 are left/],
    ['a length of 2^62', Uint8Array.of(0x0a, ...Array<number>(8).fill(0x80), 0x40), /cut off: 0 are left/],
    ['a length below 0', Uint8Array.of(0x0a, ...Array<number>(9).fill(0xff), 1, 0), /of -1 bytes is cut off/],
    ['a number without end', Uint8Array.of(8, ...Array<number>(20).fill(0x80)), /longer than 10 bytes/],
    ['a number cut off', Uint8Array.of(8, 0x80), /cut off or longer/],
    ['a tag cut off', Uint8Array.of(8, 8, 0x80), /cut off or longer/],
    ['field number 0', Uint8Array.of(0, 0), /field number 0 does not exist/],
    [
      'a field number past 2^29',
      Uint8Array.of(...Array<number>(5).fill(0xff), 1, 0),
      /field number \d+ does not exist/,
    ],
    ['a negative tag', Uint8Array.of(...Array<number>(9).fill(0xff), 1, 0), /field number -1 does not exist/],
    ['the beginning of a group', Uint8Array.of(0x0b, 0x0b, 0x0b, 0x0c), /wire type 3 is not used/],
    ['the end of a group', Uint8Array.of(0x0c), /wire type 4 is not used/],
    ['wire type 7', Uint8Array.of(0x0f), /wire type 7 is not used/],
    ['a 64-bit field cut off', Uint8Array.of(0x09, 1, 2, 3), /field of 8 bytes is cut off: 3 are left/],
    ['a 32-bit field cut off', Uint8Array.of(0x0d, 1, 2), /field of 4 bytes is cut off: 2 are left/],
  ])('refuse %s', async (_what, file, text) => {
    await expect(walk(file)).rejects.toMatchObject({ code: 'invalid-file', message: expect.stringMatching(text) });
  });

  it.each([
    ['a number', Uint8Array.of(0x0a, 2, 8, 0x80, 1, 1)],
    ['bytes', Uint8Array.of(0x0a, 2, 0x12, 2, 1, 1)],
    ['a float', Uint8Array.of(0x0a, 2, 0x0d, 1, 1, 1, 1)],
  ])('refuse %s that ends after its message', async (_what, file) => {
    const inside = walk(file, async (wire, field) => {
      for await (const one of wire.fields(rangeOf(field, 'file'), 'inner')) expect(one).toBe('never');
    });
    await expect(inside).rejects.toMatchObject({ code: 'invalid-file', where: expect.stringMatching(/^inner, byte/) });
  });

  it('refuses more fields than any file has', async () => {
    const many = new Uint8Array(2 * (2 ** 18 + 1)).map((_, i) => (i % 2 === 0 ? 8 : 1));
    await expect(walk(many)).rejects.toThrow(/more than 262144 fields/);
  });

  it('hears an AbortSignal', async () => {
    const wire = wireFile(memorySource(all(varint(1, 1))), { signal: AbortSignal.abort() });
    await expect(wire.fields({ offset: 0, length: 2 }, 'file').next()).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('values', () => {
  it('are texts and lists', async () => {
    expect(await walk(all(bytes(1, 'żółw')), (wire, field) => wire.text(field, 'file'))).toEqual(['żółw']);
    expect(
      await walk(all(packedVarints(1, [1, 300, -5]), varint(1, 7)), (wire, field) => wire.varints(field, 3, 'file')),
    ).toEqual([[1, 300, -5], [7]]);
  });

  const text = (wire: WireFile, field: Field) => wire.text(field, 'file');
  const list = (wire: WireFile, field: Field) => wire.varints(field, 3, 'file');
  it.each([
    ['a text that is not UTF-8', all(bytes(1, Uint8Array.of(0xff))), text, /not valid UTF-8/],
    ['a text that is a number', all(varint(1, 1)), text, /number stands where bytes/],
    ['a text of megabytes', all(bytes(1, new Uint8Array(2e6))), text, /2000000 bytes stands where at most 65536/],
    ['a list that is a float', all(float(1, 1)), list, /number stands where bytes/],
    ['a long list', all(packedVarints(1, [1, 2, 3, 4])), list, /more than 3 numbers/],
    ['a list of megabytes', all(bytes(1, new Uint8Array(2e6))), list, /at most 30/],
    ['a list that is cut off', all(bytes(1, Uint8Array.of(1, 0x80))), list, /cut off or longer/],
  ])('refuse %s', async (_what, file, of, message) => {
    await expect(walk(file, of)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(message),
    });
  });
});
