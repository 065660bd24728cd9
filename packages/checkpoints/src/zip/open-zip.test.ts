import { concatBytes, memorySource } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { fields, type ZipPart, type ZipShape, zipBytes } from '../testing/zip-bytes.ts';
import { openZip } from './open-zip.ts';

const data = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 11);
const a: ZipPart = { name: 'a', data };
const b: ZipPart = { name: 'b', data: data.subarray(0, 70) };

async function contents(bytes: Uint8Array, name = 'a'): Promise<Uint8Array> {
  const source = await (await openZip(memorySource(bytes, 'x.zip'))).open(name);
  return source.read(0, source.size);
}

describe('openZip reads', () => {
  it.each<[string, readonly ZipPart[], ZipShape]>([
    ['stored entries', [b, a], {}],
    ['deflated entries', [b, { ...a, deflate: true }], {}],
    [
      'entries with padding in the local header',
      [
        { ...b, padding: 50 },
        { ...a, padding: 63 },
      ],
      {},
    ],
    ['a comment that looks like the end of an archive', [b, a], { comment: 'PK\x05\x06 and so on, for long enough' }],
    [
      'zip64 sizes and records',
      [
        { ...b, zip64: true },
        { ...a, zip64: true },
      ],
      { zip64: true },
    ],
    ['zip64 records where they are not needed', [b, a], { zip64: true }],
    ['stored entries with a wrong checksum, as PyTorch may write them', [{ ...a, crc: 1 }], {}],
  ])('%s', async (_what, parts, shape) => {
    expect(await contents(zipBytes(parts, shape))).toEqual(data);
  });

  it('a stored entry as a range that is not copied', async () => {
    const bytes = zipBytes([b, a]);
    const source = await (await openZip(memorySource(bytes))).open('a');
    const part = await source.read(3, 5);
    expect([part, source.name, source.size]).toEqual([data.subarray(3, 8), 'a', 1000]);
    expect(part.buffer).toBe(bytes.buffer);
    await expect(source.read(999, 2)).rejects.toMatchObject({ code: 'invalid-file' });
  });

  it('the directory alone, until an entry is opened', async () => {
    const bytes = zipBytes([{ ...a, data: new Uint8Array(500_000) }, b]);
    const whole = memorySource(bytes);
    let read = 0;
    const counting = {
      ...whole,
      async read(offset: number, length: number) {
        read += length;
        return whole.read(offset, length);
      },
    };
    const { entries } = await openZip(counting);
    expect([...entries.keys()]).toEqual(['a', 'b']);
    expect(read).toBeLessThan(70_000);
  });

  it('no folders, and an archive of nothing', async () => {
    const folder = { name: 'folder/', data: new Uint8Array(0) };
    expect([...(await openZip(memorySource(zipBytes([folder, a])))).entries.keys()]).toEqual(['a']);
    expect((await openZip(memorySource(zipBytes([])))).entries.size).toBe(0);
  });

  it('until the reader gives up', async () => {
    const archive = await openZip(memorySource(zipBytes([{ ...a, deflate: true }])));
    await expect(archive.open('a', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });
});

const zeros = new Uint8Array(4_000_000);
const cut = (bytes: Uint8Array, end: number) => bytes.subarray(0, bytes.length + end);

describe('openZip refuses', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /has no directory/],
    ['what is no archive', new Uint8Array(70_000).fill(0x50), /has no directory/],
    ['an archive that is cut off', cut(zipBytes([a, b]), -1), /has no directory/],
    ['an archive with something after its end', concatBytes([zipBytes([a]), Uint8Array.of(0)]), /has no directory/],
    ['one of several parts', zipBytes([a], { disk: 1 }), /one of several parts/],
    ['a directory that lies elsewhere', zipBytes([a], { directoryOffset: 10 }), /no entry where one should be/],
    ['a directory past the end', zipBytes([a], { directoryOffset: 2 ** 31 }), /reaches past the record after it/],
    ['a directory of another size', zipBytes([a], { directorySize: 40 }), /no entry where one should be/],
    ['fewer entries than declared', zipBytes([a], { entries: 2 }), /has 1 entries, not 2/],
    ['65535 entries that are not there', zipBytes([], { entries: 65_535 }), /has 0 entries, not 65535/],
    ['a zip64 directory of 2^60 bytes', zipBytes([a], { zip64: true, directorySize: 2 ** 60 }), /is no size or offset/],
    ['a zip64 directory of 2^40 bytes', zipBytes([a], { zip64: true, directorySize: 2 ** 40 }), /reaches past/],
    ['an entry twice', zipBytes([a, a]), /this entry twice/],
    ['two entries in one place', zipBytes([a, { ...b, headerOffset: 0 }]), /overlaps what follows it/],
    ['an entry inside another', zipBytes([a, { ...b, headerOffset: 40 }]), /overlaps what follows it/],
    ['an entry of the size of the archive', zipBytes([{ ...a, compressedSize: 1100 }]), /overlaps what follows it/],
    ['a zip64 size past the end', zipBytes([{ ...a, zip64: true, compressedSize: 2 ** 40 }]), /overlaps what follows/],
    ['a zip64 size of 2^62', zipBytes([{ ...a, zip64: true, size: 2 ** 62 }]), /is no size or offset/],
    ['a path upwards', zipBytes([{ ...a, name: '../a' }]), /leaves the ZIP archive/],
    ['a path upwards further on', zipBytes([{ ...a, name: 'x/../../a' }]), /leaves the ZIP archive/],
    ['an absolute path', zipBytes([{ ...a, name: '/a' }]), /leaves the ZIP archive/],
    ['a drive', zipBytes([{ ...a, name: 'C:a' }]), /leaves the ZIP archive/],
    ['a path with backslashes', zipBytes([{ ...a, name: '..\\a' }]), /leaves the ZIP archive/],
    ['a name with a zero byte', zipBytes([{ ...a, name: 'a\0b' }]), /leaves the ZIP archive/],
    ['an entry that is not there', zipBytes([b]), /has no entry "a"/],
    ['an encrypted entry', zipBytes([{ ...a, flags: 1 }]), /is encrypted/],
    ['another method', zipBytes([{ ...a, method: 12 }]), /packed by method 12/],
    ['a stored entry of another size', zipBytes([{ ...a, size: 999 }]), /999 stored bytes take 1000/],
    ['another name in the local header', zipBytes([{ ...a, localName: 'z' }]), /do not agree/],
    ['fewer bytes than declared', zipBytes([{ ...a, deflate: true, size: 1001 }]), /Only 1000 of the 1001/],
    ['more bytes than declared', zipBytes([{ ...a, deflate: true, size: 999 }]), /More than the 999/],
    ['a wrong checksum', zipBytes([{ ...a, deflate: true, crc: 1 }]), /checksum is wrong/],
    ['bytes that are not deflated', zipBytes([{ ...a, method: 8 }]), /cannot be unpacked|Only \d+ of/],
    ['a bomb', zipBytes([{ ...a, data: zeros, deflate: true }]), /give 4000000, more than 100 times/],
    ['a bomb that lies', zipBytes([{ ...a, data: zeros, deflate: true, size: 10 }]), /More than the 10 declared/],
    [
      'data that a long local header moves into what follows',
      withExtra(zipBytes([a, b]), 60),
      /overlaps what follows it/,
    ],
    ['no local header', withoutHeader(zipBytes([b, a])), /no ZIP entry here/],
  ])('%s', async (_what, bytes, message) => {
    const start = performance.now();
    const failure = contents(bytes);
    await expect(failure).rejects.toMatchObject({ code: 'invalid-file' });
    await expect(failure).rejects.toThrow(message);
    expect(performance.now() - start).toBeLessThan(20_000); // a hang, not a slow machine
  });

  it('a directory that is not worth its size', async () => {
    const many = new Uint8Array(2 ** 24 + 100);
    const end = fields([0x06054b50, 4], [0, 4], [0, 4], [2 ** 24 + 1, 4], [0, 4], [0, 2]);
    await expect(openZip(memorySource(concatBytes([many, end])))).rejects.toThrow(/takes 16777217 bytes/);
  });
});

function withoutHeader(bytes: Uint8Array): Uint8Array {
  const second = bytes.indexOf(0x50, 10); // b's 70 bytes are all below 0x50
  return bytes.fill(0, second, second + 4);
}

/** The first local header with another length of its extra field, which lies between the header and the data. */
function withExtra(bytes: Uint8Array, length: number): Uint8Array {
  bytes[28] = length;
  return bytes;
}
