import { memorySource, sizeOf, toFloat32 } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import type { CheckpointFile } from '../checkpoint-file.ts';
import { openNumpy } from '../numpy/open-numpy.ts';
import { data, layer, layerV1, legacyShape, shape } from '../testing/caffe-bytes.ts';
import { goldenFile } from '../testing/golden-file.ts';
import { all, bytes, double, float, le, type Message, varint } from '../testing/proto-bytes.ts';
import { openCaffe } from './open-caffe.ts';

const open = (file: Uint8Array) => openCaffe(memorySource(file));

async function valuesOf({ tensors }: CheckpointFile, name: string): Promise<Float32Array> {
  const { dtype, shape: extents, read } = tensors.get(name)!;
  return toFloat32({ dtype, shape: extents, data: await read(0, sizeOf(extents)) });
}

const shapesOf = ({ tensors }: CheckpointFile) => Object.fromEntries([...tensors].map(([name, t]) => [name, t.shape]));

const narrow = {
  'conv1.weight': [6, 3, 11, 11],
  'conv1.bias': [6],
  'conv2.weight': [16, 3, 5, 5],
  'conv2.bias': [16],
  'conv3.weight': [24, 16, 3, 3],
  'conv3.bias': [24],
  'conv4.weight': [24, 12, 3, 3],
  'conv4.bias': [24],
  'conv5.weight': [16, 12, 3, 3],
  'conv5.bias': [16],
  'fc6.weight': [256, 576],
  'fc6.bias': [256],
  'fc7.weight': [256, 256],
  'fc7.bias': [256],
  'fc8.weight': [10, 256],
  'fc8.bias': [10],
};

describe.each(['bvlc-alexnet.caffemodel', 'bvlc-alexnet-v1.caffemodel', 'caffenet.caffemodel'])('%s', (name) => {
  it('gives its tensors, layers and what it says of itself', async () => {
    const file = await open(goldenFile(name));
    expect(shapesOf(file)).toEqual(narrow);
    expect(file).toMatchObject({ format: 'caffe', metadata: { name: 'AlexNet', channels: 'BGR' }, others: [] });
    expect(file.layers?.map((l) => [l.name, l.op, l.weight, l.bias])).toEqual(
      ['conv1', 'conv2', 'conv3', 'conv4', 'conv5', 'fc6', 'fc7', 'fc8'].map((l) => [
        l,
        l.startsWith('conv') ? 'conv2d' : 'linear',
        `${l}.weight`,
        `${l}.bias`,
      ]),
    );
  });
});

describe('the network that was also saved for TensorFlow', () => {
  it.each(['bvlc-alexnet.caffemodel', 'bvlc-alexnet-v1.caffemodel'])('has the same values in %s', async (name) => {
    const caffe = await open(goldenFile(name));
    const tensorflow = await openNumpy(memorySource(goldenFile('bvlc_alexnet.npy')));
    for (const [theirs, { shape: extents }] of tensorflow.tensors) {
      const [layerName = '', part] = theirs.split('/');
      const want = await valuesOf(tensorflow, theirs);
      const got = await valuesOf(caffe, `${layerName}.${part === 'weights' ? 'weight' : 'bias'}`);
      const order = placesIn(layerName, extents);
      expect([theirs, want.length, want.findIndex((v, i) => v !== got[order(i)])]).toEqual([theirs, got.length, -1]);
    }
  });

  /** Where an element of TensorFlow's tensor is in Caffe's. */
  function placesIn(layerName: string, extents: readonly number[]): (i: number) => number {
    if (extents.length === 4) {
      const [kh, kw, inputs, out] = extents as [number, number, number, number];
      return (i) => {
        const [o, c, x] = [i % out, Math.floor(i / out) % inputs, Math.floor(i / (out * inputs)) % kw];
        const y = Math.floor(i / (out * inputs * kw));
        return ((o * inputs + c) * kh + y) * kw + x;
      };
    }
    if (extents.length === 1) return (i) => i;
    const [inputs, out] = extents as [number, number];
    const channels = inputs / 36; // of fc6, which reads 6 x 6 pixels, channels last
    return (i) => {
      const [o, row] = [i % out, Math.floor(i / out)];
      const [c, pixel] = [row % channels, Math.floor(row / channels)];
      return o * inputs + (layerName === 'fc6' ? c * 36 + pixel : row);
    };
  }
});

describe('openCaffe reads', () => {
  const six = [1, -2, 3.5, 0, 1e-40, 6].map(Math.fround);
  it.each([
    ['packed data', [shape([2, 3]), data(six)]],
    ['unpacked data', [shape([2, 3]), ...six.map((value) => float(5, value))]],
    ['packed doubles', [shape([2, 3]), bytes(8, le(Float64Array.from(six)))]],
    ['unpacked doubles', [...six.map((value) => double(8, value)), shape([2, 3])]],
    ['a shape that is not packed', [bytes(7, all(varint(1, 2), varint(1, 3))), data(six)]],
    ['a shape with leading ones', [shape([1, 1, 2, 3]), data(six)]],
    ['a shape with one leading one', [shape([1, 2, 3]), data(six)]],
    ['extents of their own', [...legacyShape([1, 1, 2, 3]), data(six)]],
    ['extents without those that are one', [varint(3, 2), varint(4, 3), data(six)]],
    ['gradients beside the data', [shape([2, 3]), data(six), bytes(6, le(Float32Array.from(six)))]],
  ])('a linear weight with %s', async (_what, blob) => {
    for (const make of [layer, layerV1]) {
      const file = await open(all(make({ blobs: [blob] })));
      expect(shapesOf(file)).toEqual({ 'fc.weight': [2, 3] });
      expect([...(await valuesOf(file, 'fc.weight'))]).toEqual(six);
    }
  });

  it.each([
    ['a linear weight of one output', 'InnerProduct', [1, 1, 1, 6], [1, 6]],
    ['a linear weight of one input', 'InnerProduct', [1, 1, 6, 1], [6, 1]],
    ['a linear weight that is no matrix', 'InnerProduct', [2, 3, 1, 1], [2, 3, 1, 1]],
    ['a convolution of one output', 'Convolution', [1, 1, 2, 3], [1, 1, 2, 3]],
  ])('old extents of %s', async (_what, type, extents, want) => {
    const weight = [...legacyShape(extents), data(six)];
    const bias = [...legacyShape([1, 1, 1, 1]), data([7])];
    const file = await open(all(layer({ type, blobs: [weight, bias] })));
    expect(shapesOf(file)).toEqual({ 'fc.weight': want, 'fc.bias': [1] });
  });

  it('groups where the layer says them, transposed weights, and layers of other types', async () => {
    const conv = (name: string, more: Parameters<typeof layer>[0]['more']) =>
      layer({ name, type: 'Convolution', blobs: [[shape([4, 1, 1, 1]), data([1, 2, 3, 4])]], ...(more && { more }) });
    const file = await open(
      all(
        conv('said', [bytes(106, all(varint(1, 4), varint(5, 2)))]),
        conv('default', [bytes(106, all(varint(1, 4)))]),
        conv('silent', undefined),
        layer({ name: 'relu', type: 'ReLU' }),
        layer({ name: 'bn', type: 'BatchNorm', blobs: [[shape([1]), data([5])]] }),
        layer({ name: 't', blobs: [[shape([1, 1]), data([5])]], more: [bytes(117, all(varint(6, 1)))] }),
      ),
    );
    expect(file.layers).toEqual([
      { name: 'said', op: 'conv2d', weight: 'said.weight', groups: 2 },
      { name: 'default', op: 'conv2d', weight: 'default.weight', groups: 1 },
      { name: 'silent', op: 'conv2d', weight: 'silent.weight' },
      { name: 't', op: 'linear', weight: 't.weight', layout: { linear: 'IO' } },
    ]);
    expect([...file.tensors.keys()].at(-2)).toBe('bn.blob0');
    expect(file.metadata).toEqual({}); // one channel: neither BGR nor RGB
  });
});

describe('openCaffe refuses', () => {
  const deep = (depth: number): Uint8Array => (depth === 0 ? Uint8Array.of(8) : all(bytes(1, deep(depth - 1))));
  const blobs = (...fields: readonly Message[]) => all(layer({ blobs: [fields] }));
  it.each([
    ['nothing', new Uint8Array(0), /has no layers/],
    ['a network without layers', all(bytes(1, 'net')), /has no layers/],
    ['a layer that is a number', all(varint(100, 3)), /number stands where bytes/],
    ['a blob that is a number', all(bytes(100, all(varint(7, 3)))), /number stands where bytes/],
    ['a blob longer than its layer', all(bytes(100, Uint8Array.of(0x3a, 9, 1))), /field of 9 bytes is cut off/],
    ['a group', all(bytes(100, Uint8Array.of(0x3b, 0x3c))), /wire type 3/],
    ['layers in layers', all(layer({}), bytes(2, deep(60))), /first version/],
    ['tensors of one name', all(layer({ blobs: [[data([1])]] }), layer({ blobs: [[data([1])]] })), /there twice/],
    ['too few values', blobs(shape([2, 3]), data([1])), /2x3 has 6 values but there are 1/],
    ['too many values', blobs(shape([1, 1]), data([1, 2])), /1x1 has 1 values but there are 2/],
    ['half a value', blobs(shape([1, 1]), bytes(5, new Uint8Array(6))), /there are 1\.5/],
    ['values twice', blobs(data([1]), data([1])), /more than one piece/],
    ['floats and doubles', blobs(data([1]), double(8, 1)), /more than one piece/],
    ['a float among doubles', blobs(float(8, 1)), /values of 4 bytes where they should have 8/],
    ['data that is a varint', blobs(varint(5, 1)), /number stands where bytes/],
    ['a negative extent', blobs(shape([-1, -6]), data([1])), /extent -1 is not a size/],
    ['a huge extent', blobs(varint(1, 2 ** 40), varint(2, 2 ** 40), data([1])), /but there are 1/],
    ['an extent past 2^53', blobs(shape([2 ** 60]), data([1])), /is not a size/],
    ['a shape without end', blobs(shape(Array.from({ length: 33 }, () => 1)), data([1])), /more than 32/],
    ['shapes without end', blobs(...Array.from({ length: 9 }, () => shape([1, 1, 1, 1])), data([1])), /more than 32/],
    ['blobs without end', all(layer({ blobs: Array.from({ length: 101 }, () => []) })), /more than 100 blobs/],
  ])('%s', async (_what, file, text) => {
    await expect(open(file)).rejects.toMatchObject({ message: expect.stringMatching(text), fix: expect.any(String) });
  });

  it.each([
    ['raw data', [bytes(12, new Uint8Array(4))], /field 12 of the blob/, 'layer "fc", blob 0'],
    ['the type of raw data', [varint(10, 2)], /field 10 of the blob/, 'layer "fc", blob 0'],
  ])('%s of a fork', async (_what, fields, text, where) => {
    const error = { code: 'unsupported', message: expect.stringMatching(text), where };
    await expect(open(all(layer({ blobs: [fields] })))).rejects.toMatchObject(error);
  });

  it('layers of the first version, and says how to upgrade them', async () => {
    await expect(open(all(bytes(2, all(bytes(1, all(bytes(1, 'conv1')))))))).rejects.toMatchObject({
      code: 'unsupported',
      fix: expect.stringMatching(/upgrade_net_proto_binary/),
    });
  });
});
