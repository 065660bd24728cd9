import { memorySource, philoxStream } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import type { CheckpointFormat } from './checkpoint-file.ts';
import { detectFormat } from './detect.ts';
import { goldenFile } from './testing/golden-file.ts';
import { goldenNets } from './testing/golden-nets.ts';
import { zipBytes } from './testing/zip-bytes.ts';

const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const detect = (bytes: Uint8Array | string) =>
  detectFormat(memorySource(typeof bytes === 'string' ? bytesOf(bytes) : bytes, 'weights.bin'));
const after = (count: number, bytes: Uint8Array) => Uint8Array.from([...new Uint8Array(count), ...bytes]);
const varints = (...numbers: number[]) => String.fromCharCode(...numbers);

describe('detectFormat', () => {
  it.each(Object.values(goldenNets).flat())('knows $file for $format', async ({ file, format }) => {
    expect(await detect(goldenFile(file))).toBe(format);
  });

  it.each<[what: string, bytes: Uint8Array | string, format: CheckpointFormat]>([
    ['the header of a safetensors file', `${varints(2, 0, 0, 0, 0, 0, 0, 0)}{}`, 'safetensors'],
    ['an HDF5 superblock behind 2048 bytes of the user', after(2048, bytesOf('\x89HDF\r\n\x1a\n')), 'keras'],
    [
      'a layers model of TensorFlow.js',
      '\n { "format": "layers-model", "modelTopology": {}, "weightsManifest": [] }',
      'tfjs',
    ],
    ['weights of TensorFlow.js with a byte order mark', '\xef\xbb\xbf{"weightsManifest":[]}', 'tfjs'],
    ['a caffemodel without a name', `${varints(0xa2, 6, 3)}\x0a\x01a`, 'caffe'],
    ['an old caffemodel', `\x0a\x01n${varints(0x12, 3)}\x22\x01a`, 'caffe'],
    ['an ONNX model that is cut off', `${varints(8, 7, 0x3a, 0xff, 0xff, 3)}\x0a\x01`, 'onnx'],
  ])('knows %s', async (_what, bytes, format) => {
    expect(await detect(bytes)).toBe(format);
  });

  it.each<[what: string, bytes: Uint8Array | string, says: RegExp]>([
    ['nothing', '', /the file is empty/i],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:6b0d\nsize 243863787\n',
      /Git LFS pointer.*git lfs pull/,
    ],
    ['a web page', '\n<!DOCTYPE html><html>', /web page/],
    ['a page without a doctype', '<html lang="en">', /web page/],
    ['gzip', varints(0x1f, 0x8b, 8), /packed with gzip.*gunzip/],
    ['bzip2', 'BZh91AY', /bzip2/],
    ['xz', '\xfd7zXZ\0\0', /packed with xz/],
    ['Zstandard', '\x28\xb5\x2f\xfd', /Zstandard/],
    ['a tar archive', after(257, bytesOf('ustar\0')), /tar archive/],
    ['a picture', varints(0xff, 0xd8, 0xff, 0xe0), /a picture/],
    ['an archive of arrays', zipBytes([{ name: 'a.npy', data: bytesOf('x') }]), /\.npz.*numpy\.save/],
    [
      'an archive of something else',
      zipBytes([{ name: 'readme.txt', data: bytesOf('x') }]),
      /no weights that are known: readme\.txt/,
    ],
    ['the description of a Keras model', '{"class_name": "Functional", "config": {}}', /describes a Keras model/],
    ['other JSON', '{"a": [1]}', /JSON, and no model/],
    ['JSON that is damaged', '{"modelTopology": {', /not valid JSON/],
    ['our own manifest', '{"format": "alexnet-weights", "version": 1}', /openWeights/],
    ['a pickle', '\x80\x02}q\x00.', /pickle that is not of PyTorch/],
    ['a frozen graph', `\x0a\x03\x0a\x01a\x0a\x03\x0a\x01b${varints(0x22, 2, 8, 5)}`, /frozen graph of TensorFlow/],
    ['a network description', 'name: "AlexNet"\nlayer {\n', /text, not weights: it begins "name: /],
    ['noise', varints(0xde, 0xad, 0xbe, 0xef, 9), /no known format: 5 bytes, the first are de ad be ef 09/],
    ['a header length of 64 bits', `${varints(0, 0, 0, 0, 0, 0, 0, 1)}{`, /no known format/],
  ])('says what %s is', async (_what, bytes, says) => {
    await expect(detect(bytes)).rejects.toMatchObject({ code: 'invalid-file', message: expect.stringMatching(says) });
  });

  it('reads little of a large file', async () => {
    const file = goldenFile('bvlc-alexnet.caffemodel');
    let read = 0;
    const { read: readBytes, ...source } = memorySource(file);
    const counting: typeof readBytes = async (offset, length, options) => {
      read += length;
      return readBytes(offset, length, options);
    };
    expect(await detectFormat({ ...source, read: counting })).toBe('caffe');
    expect(read).toBeLessThan(4000);
  });

  it('fails cleanly on noise, but for what may begin a protocol buffer', async () => {
    const words = philoxStream([0, 0, 0, 0], [4, 2], 64 * 1000);
    const found = new Map<string, number>();
    for (let i = 0; i < 1000; i++) {
      const noise = new Uint8Array(words.slice(64 * i, 64 * (i + 1)).buffer);
      const result = await detect(noise).catch((error: { code: string }) => error.code);
      found.set(result, (found.get(result) ?? 0) + 1);
    }
    expect(found.get('invalid-file')).toBeGreaterThan(980);
    expect([...found.keys()].filter((key) => !['invalid-file', 'caffe', 'onnx'].includes(key))).toEqual([]);
  });
});
