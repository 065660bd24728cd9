import { type ByteSource, concatBytes, memorySource } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { openModel as open } from '../testing/open-model.ts';
import { all, bytes, externalTensor, model } from './onnx-bytes.ts';
import { openOnnx } from './open-onnx.ts';

describe('external data', () => {
  it.each([
    ['no location', { offset: '0' }, /has no location/],
    ['a parent folder', { location: '../w.bin' }, /leaves the model's folder/],
    ['a parent folder further on', { location: 'a/../../w.bin' }, /leaves the model's folder/],
    ['an absolute path', { location: '/etc/passwd' }, /leaves the model's folder/],
    ['a drive', { location: 'C:w.bin' }, /leaves the model's folder/],
    ['backslashes', { location: '..\\w.bin' }, /leaves the model's folder/],
    ['a zero byte', { location: 'w.bin\0.txt' }, /leaves the model's folder/],
    ['an empty path', { location: '' }, /leaves the model's folder/],
    ['an address', { location: 'https://example.org/w.bin' }, /leaves the model's folder/],
    ['a negative offset', { location: 'w.bin', offset: '-4' }, /offset "-4" is not a number of bytes/],
    ['a fractional length', { location: 'w.bin', length: '2.5' }, /length "2\.5" is not/],
    ['an offset past 2^53', { location: 'w.bin', offset: '9999999999999999' }, /is not a number of bytes/],
    ['an offset past the end', { location: 'w.bin', offset: '25' }, /25 to 24 lies outside of w\.bin, which has 24/],
    ['a length past the end', { location: 'w.bin', offset: '4', length: '24' }, /4 to 28 lies outside/],
    ['a huge length', { location: 'w.bin', length: '9007199254740991' }, /0 to 9007199254740991 lies outside/],
    ['a length that is not the shape', { location: 'w.bin', length: '20' }, /6 values but there are 5/],
    ['entries without end', Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, ''])), /more than 16/],
  ])('with %s is refused', async (_what, entries, text) => {
    await expect(open(model([externalTensor(entries)]))).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(text),
    });
  });

  it('outside of the folder is refused before any file is asked for', async () => {
    const asked: string[] = [];
    const context = {
      sibling: async (path: string) => {
        asked.push(path);
        return undefined;
      },
    };
    const file = memorySource(model([externalTensor({ location: '../../secret' })]));
    await expect(openOnnx(file, context)).rejects.toThrow(/leaves the model's folder/);
    expect(asked).toEqual([]);
  });

  it('that is not there is asked for by name', async () => {
    const file = model([externalTensor({ location: 'no.bin' })]);
    await expect(open(file)).rejects.toMatchObject({ code: 'invalid-input', message: /in the file no\.bin/ });
    await expect(openOnnx(memorySource(file))).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('may be in the model itself, whose bytes are then just bytes', async () => {
    const file = model([externalTensor({ location: 'model.onnx', offset: '0', length: '24' })]);
    const { tensors } = await open(file, { 'model.onnx': file });
    expect(await tensors.get('w')!.read(0, 6)).toEqual(file.subarray(0, 24));
  });

  it('of many tensors is opened once, and of a huge file only the tensor is read', async () => {
    let opened = 0;
    const ranges: [number, number][] = [];
    const huge: ByteSource = {
      name: 'huge',
      size: 2 ** 50,
      async read(offset, length) {
        ranges.push([offset, length]);
        return new Uint8Array(length);
      },
    };
    const at = (name: string, offset: number) =>
      concatBytes([externalTensor({ location: 'huge', offset: String(offset), length: '24' }), all(bytes(8, name))]);
    const { tensors } = await openOnnx(memorySource(model([at('a', 0), at('b', 2 ** 49)])), {
      async sibling() {
        opened++;
        return huge;
      },
    });
    await tensors.get('b')!.read(1, 3);
    expect([opened, ranges]).toEqual([1, [[2 ** 49 + 4, 8]]]);
  });
});
