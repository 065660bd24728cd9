import { memorySource, readSafetensors } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { goldenFile } from '../testing/golden-file.ts';
import { dict, int, pickleBytes, short, tuple } from '../testing/pickle-bytes.ts';
import {
  type LegacyFields,
  legacyPth,
  orderedDict,
  type PthFields,
  tensorPickle,
  zipPth,
} from '../testing/pth-bytes.ts';
import { zipBytes } from '../testing/zip-bytes.ts';
import { openPytorch } from './open-pytorch.ts';

describe.each([
  { file: 'torchvision.pth', prefix: '', metadata: {}, others: [] },
  { file: 'torchvision-legacy.pth', prefix: '', metadata: {}, others: [] },
  {
    file: 'torchvision-checkpoint.pth.tar',
    prefix: 'module.',
    metadata: { epoch: '3', arch: 'alexnet' },
    others: ['epoch', 'arch', 'best_acc1'],
  },
])('openPytorch on $file', ({ file, prefix, metadata, others }) => {
  it('gives every tensor of the same network in safetensors, bit for bit', async () => {
    const opened = await openPytorch(memorySource(goldenFile(file)));
    const { tensors } = readSafetensors(goldenFile('torchvision.safetensors'));
    const names = [...opened.tensors.keys()];
    expect(names.toSorted()).toEqual([...tensors.keys()].map((name) => prefix + name).toSorted());
    expect(names.length).toBe(16);
    for (const [name, want] of tensors) {
      const got = opened.tensors.get(prefix + name)!;
      expect([got.dtype, got.shape]).toEqual([want.dtype, want.shape]);
      expect(Buffer.compare(await got.read(0, want.data.length / 4), want.data)).toBe(0);
      expect(await got.read(1, 3)).toEqual(want.data.slice(4, 12));
    }
  });

  it('tells what else is there', async () => {
    const opened = await openPytorch(memorySource(goldenFile(file)));
    expect([opened.format, opened.metadata, opened.others]).toEqual(['pytorch', metadata, others]);
  });
});

const bytes = Uint8Array.from({ length: 48 }, (_, i) => i);
const sixFloats = { 0: bytes.subarray(0, 24) };
const zipOf = (tensor: Uint8Array, storages: PthFields['storages'] = sixFloats) =>
  zipPth({ value: orderedDict({ w: tensor }), storages });
const values = async (file: Uint8Array, name = 'w') => {
  const tensor = (await openPytorch(memorySource(file, 'x.pth'))).tensors.get(name)!;
  const size = tensor.shape.reduce((a, b) => a * b, 1);
  return { dtype: tensor.dtype, shape: tensor.shape, bytes: [...(await tensor.read(0, size))] };
};
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('openPytorch reads', () => {
  it.each([
    ['torch\nDoubleStorage', 'F64', 8],
    ['torch\nFloatStorage', 'F32', 4],
    ['torch\nHalfStorage', 'F16', 2],
    ['torch\nBFloat16Storage', 'BF16', 2],
    ['torch\nLongStorage', 'I64', 8],
    ['torch\nIntStorage', 'I32', 4],
    ['torch\nShortStorage', 'I16', 2],
    ['torch\nCharStorage', 'I8', 1],
    ['torch\nByteStorage', 'U8', 1],
    ['torch\nBoolStorage', 'BOOL', 1],
  ])('%s, both kinds of file, both byte orders', async (type, dtype, width) => {
    const value = orderedDict({ w: tensorPickle({ type }) });
    const data = bytes.subarray(0, 6 * width);
    const want = { dtype, shape: [2, 3], bytes: range(0, 6 * width) };
    const swapped = want.bytes.map((_, i) => i - (i % width) + width - 1 - (i % width));
    expect(await values(zipPth({ value, storages: { 0: data } }))).toEqual(want);
    expect(await values(zipPth({ value, storages: { 0: data }, byteorder: 'big' }))).toEqual({
      ...want,
      bytes: swapped,
    });
    expect(await values(legacyPth({ value, storages: [['0', 6, data]] }))).toEqual(want);
    expect(await values(legacyPth({ value, storages: [['0', 6, data]], littleEndian: false }))).toEqual({
      ...want,
      bytes: swapped,
    });
  });

  const asFirstVersion = { rebuild: 'torch._utils\n_rebuild_tensor', more: [] };
  const untyped = { type: 'torch.storage\nUntypedStorage', elements: 24, rebuild: 'torch._utils\n_rebuild_tensor_v3' };
  const withDtype = [pickleBytes(0x89), 'N', 'ctorch\nuint16\n'];
  const wrap = (name: string, more: string) =>
    pickleBytes(`ctorch._utils\n${name}\n(`, tensorPickle(), 0x89, `N${more}tR`);
  it.each<[string, Uint8Array, readonly number[], readonly number[]]>([
    ['a transposed tensor', tensorPickle({ size: [3, 2], stride: [1, 3] }), [3, 2], [0, 3, 1, 4, 2, 5]],
    ['a part of a storage', tensorPickle({ size: [2], stride: [2], offset: 3 }), [2], [3, 5]],
    ['a scalar', tensorPickle({ size: [], stride: [], offset: 5 }), [], [5]],
    ['a tensor of PyTorch 0.1', tensorPickle(asFirstVersion), [2, 3], [0, 1, 2, 3, 4, 5]],
    ['a parameter', wrap('_rebuild_parameter', ''), [2, 3], [0, 1, 2, 3, 4, 5]],
    ['a parameter with attributes', wrap('_rebuild_parameter_with_state', '}'), [2, 3], [0, 1, 2, 3, 4, 5]],
  ])('%s', async (_what, tensor, shape, elements) => {
    const want = { dtype: 'F32', shape, bytes: elements.flatMap((element) => range(4 * element, 4 * element + 4)) };
    expect(await values(zipOf(tensor))).toEqual(want);
  });

  it('element types that only tensors have', async () => {
    const tensor = tensorPickle({ ...untyped, more: withDtype, offset: 1, size: [3], stride: [1] });
    expect(await values(zipOf(tensor))).toEqual({ dtype: 'U16', shape: [3], bytes: range(2, 8) });
  });

  it('a view of a storage in an old file', async () => {
    const view = tuple(short('v'), int(2), int(4));
    const value = orderedDict({ w: tensorPickle({ view, size: [2], stride: [1], offset: 1 }) });
    const file = legacyPth({ value, storages: [['0', 6, bytes.subarray(0, 24)]] });
    expect((await values(file)).bytes).toEqual(range(12, 20));
  });

  it('tensors that share a storage, and archives that somebody packed', async () => {
    const value = orderedDict({ a: tensorPickle(), b: tensorPickle({ size: [6], stride: [1] }) });
    const file = zipPth({ value, storages: sixFloats, deflate: true });
    expect([(await values(file, 'a')).bytes, (await values(file, 'b')).bytes]).toEqual([range(0, 24), range(0, 24)]);
  });

  it.each([
    ['model', ['optimizer', 'model', 'lr']],
    ['state_dict', ['model', 'state_dict', 'lr']],
    ['model_state_dict', ['optimizer', 'model_state_dict']],
    ['whatever', ['whatever', 'lr']],
  ])('the state dict under the name %s', async (name, keys) => {
    const wrapped = orderedDict({ w: tensorPickle(), num: int(1) });
    const contents: Record<string, Uint8Array | string> = {
      optimizer: pickleBytes('}(', short('state'), '}K', 0, wrapped, 'su'),
      model: name === 'model' ? wrapped : orderedDict({ z: tensorPickle() }),
      lr: int(7),
    };
    const file = zipPth({
      value: dict(Object.fromEntries(keys.map((key) => [key, key === name ? wrapped : contents[key]!]))),
      storages: sixFloats,
    });
    const opened = await openPytorch(memorySource(file));
    expect([...opened.tensors.keys()]).toEqual(['w']);
    expect(opened.others).toEqual(['num', ...keys.filter((key) => key !== name)]);
    expect(opened.metadata).toEqual(keys.includes('lr') ? { lr: '7' } : {});
  });
});

describe('openPytorch refuses', () => {
  const good = orderedDict({ w: tensorPickle() });
  const model = pickleBytes('ctorchvision.models.alexnet\nAlexNet\n)', 0x81, '}b');
  const legacy = (changes: Partial<LegacyFields>) =>
    legacyPth({ value: good, storages: [['0', 6, bytes.subarray(0, 24)]], ...changes });
  const otherPickle = { name: 'b/data.pkl', data: bytes };
  it.each<[string, Uint8Array, RegExp]>([
    [
      'a whole model',
      zipPth({ value: model, storages: {} }),
      /wants "torchvision\.models\.alexnet AlexNet".*data\.pkl.*state_dict\(\)/,
    ],
    [
      'a whole model in an old file',
      legacy({ value: model }),
      /wants "torchvision\.models\.alexnet AlexNet".*state_dict\(\)/,
    ],
    [
      'a TorchScript program',
      zipPth({ value: good, storages: sixFloats, more: [{ name: 'archive/constants.pkl', data: bytes }] }),
      /TorchScript/,
    ],
    ['nothing', new Uint8Array(0), /1 bytes should follow/],
    ['another pickle', pickleBytes(0x80, 2, 'N.'), /magic number/],
    ['another protocol', legacy({ protocol: 1002 }), /protocol of the file is not known/],
    ['an archive without a pickle', zipBytes([{ name: 'x/data', data: bytes }]), /0 entries data\.pkl/],
    ['an archive with two', zipPth({ value: good, storages: sixFloats, more: [otherPickle] }), /2 entries data\.pkl/],
    [
      'a byte order that is none',
      zipPth({ value: good, storages: sixFloats, byteorder: 'middle' }),
      /neither little nor/,
    ],
    [
      'a list of tensors',
      zipPth({ value: pickleBytes(']', tensorPickle(), 'a'), storages: sixFloats }),
      /no dict of tensors/,
    ],
    ['a dict without tensors', zipPth({ value: dict({ epoch: int(1) }), storages: {} }), /its entries are epoch/],
    ['a storage that is missing', zipOf(tensorPickle({ key: '9' })), /storage "9" is missing \(tensor "w"\)/],
    [
      'a storage that is too short',
      zipOf(tensorPickle({ elements: 7 })),
      /7 elements of F32 should be stored in 24 bytes/,
    ],
    ['a view past its storage', zipOf(tensorPickle({ offset: 1 })), /reaches past the 6 stored elements/],
    [
      'an expanded tensor',
      zipOf(tensorPickle({ size: [2 ** 30], stride: [0] })),
      /repeats the 6 stored elements.*contiguous/,
    ],
    ['a negative offset', zipOf(tensorPickle({ offset: -1 })), /no offset, size and strides/],
    ['a negative extent', zipOf(tensorPickle({ size: [-2, 3] })), /no offset, size and strides/],
    [
      'another kind of storage',
      zipOf(tensorPickle({ type: 'torch\nComplexFloatStorage' })),
      /wants "torch ComplexFloatStorage"/,
    ],
    ['no storage', zipOf(pickleBytes('ctorch._utils\n_rebuild_tensor_v2\n(K', 1, int(0), '))tR')), /has no storage/],
    [
      'an old file whose storage is cut off',
      legacy({ storages: [['0', 6, bytes.subarray(0, 23)]] }),
      /the file ends before/,
    ],
    ['an old file with fewer elements', legacy({ storages: [['0', 5, bytes.subarray(0, 20)]] }), /there are 5 of F32/],
    ['an old file with 2^53 elements', legacy({ storages: [['0', 2 ** 53, bytes]] }), /is no size or offset/],
    [
      'an old file with a storage of no use',
      legacy({
        storages: [
          ['0', 6, bytes.subarray(0, 24)],
          ['1', 1, bytes],
        ],
      }),
      /not in use/,
    ],
    [
      'an old file with a storage twice',
      legacy({
        storages: [
          ['0', 1, bytes.subarray(0, 4)],
          ['0', 6, bytes],
        ],
      }),
      /listed twice/,
    ],
    ['an old file without its storage', legacy({ storages: [] }), /storage "0" is missing/],
  ])('%s', async (_what, file, message) => {
    const failure = openPytorch(memorySource(file, 'x.pth'));
    await expect(failure).rejects.toMatchObject({ code: 'invalid-file' });
    await expect(failure).rejects.toThrow(message);
  });

  it('to go on when the reader gives up', async () => {
    const failure = openPytorch(memorySource(zipOf(tensorPickle())), { signal: AbortSignal.abort() });
    await expect(failure).rejects.toMatchObject({ code: 'aborted' });
  });
});
