import { type Dtype, memorySource, toFloat64 } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { goldenFile } from '../testing/golden-file.ts';
import { npyBytes, numbersHeader, objectHeader } from '../testing/npy-bytes.ts';
import { int, pickleBytes, tuple } from '../testing/pickle-bytes.ts';
import { openNumpy } from './open-numpy.ts';

describe('openNumpy', () => {
  it('gives the same from lists as from dicts', async () => {
    const [lists, dicts] = await Promise.all(
      ['bvlc_alexnet.npy', 'bvlc_alexnet-dicts.npy'].map((name) => openNumpy(memorySource(goldenFile(name)))),
    );
    expect([...lists!.tensors.keys()]).toEqual([...dicts!.tensors.keys()]);
    expect([...lists!.tensors].map(([name, { shape }]) => [name, shape.join('x')])).toMatchInlineSnapshot(`
      [
        [
          "conv1/weights",
          "11x11x3x6",
        ],
        [
          "conv1/biases",
          "6",
        ],
        [
          "conv2/weights",
          "5x5x3x16",
        ],
        [
          "conv2/biases",
          "16",
        ],
        [
          "conv3/weights",
          "3x3x16x24",
        ],
        [
          "conv3/biases",
          "24",
        ],
        [
          "conv4/weights",
          "3x3x12x24",
        ],
        [
          "conv4/biases",
          "24",
        ],
        [
          "conv5/weights",
          "3x3x12x16",
        ],
        [
          "conv5/biases",
          "16",
        ],
        [
          "fc6/weights",
          "576x256",
        ],
        [
          "fc6/biases",
          "256",
        ],
        [
          "fc7/weights",
          "256x256",
        ],
        [
          "fc7/biases",
          "256",
        ],
        [
          "fc8/weights",
          "256x10",
        ],
        [
          "fc8/biases",
          "10",
        ],
      ]
    `);
    for (const [name, tensor] of lists!.tensors) {
      const size = tensor.shape.reduce((a, b) => a * b, 1);
      expect(Buffer.compare(await tensor.read(0, size), await dicts!.tensors.get(name)!.read(0, size))).toBe(0);
    }
  });
});

const open = (bytes: Uint8Array) => openNumpy(memorySource(bytes, 'x.npy'));
async function bytesOf(file: Uint8Array, name = 'array'): Promise<number[]> {
  const { shape, read } = (await open(file)).tensors.get(name)!;
  return [
    ...(await read(
      0,
      shape.reduce((a, b) => a * b, 1),
    )),
  ];
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const values = (count: number) => Uint8Array.from(range(0, count));

/*
 * What numpy 2 wrote, in every protocol, of {'conv1': [float32 2x3, big-endian float64 3], 'fc6': {'weights': float16 2x3 in Fortran's order,
 * 'biases': a float32 scalar}, 'alone': int64 2, 'note': 'text'}; the values count from 0, those of `alone` from 1.
 */
const protocols = JSON.parse(new TextDecoder().decode(goldenFile('numpy-protocols.json'))) as Record<string, string>;

describe.each(Object.entries(protocols))('openNumpy on a dict in %s', (_protocol, base64) => {
  it('reads every array, in row-major order and little-endian', async () => {
    const { tensors, others, format, layout } = await open(new Uint8Array(Buffer.from(base64, 'base64')));
    const got = await Promise.all(
      [...tensors].map(async ([name, { dtype, shape, read }]) => {
        const bytes = await read(
          0,
          shape.reduce((a, b) => a * b, 1),
        );
        return [name, dtype, shape, numbersOf(dtype, bytes)];
      }),
    );
    expect(got).toEqual([
      ['conv1/weights', 'F32', [2, 3], range(0, 6)],
      ['conv1/biases', 'F64', [3], range(0, 3)],
      ['fc6/weights', 'F16', [2, 3], range(0, 6)],
      ['alone', 'I64', [2], [1, 2]],
    ]);
    expect([others, format, layout.conv]).toEqual([['fc6/biases', 'note'], 'numpy', 'HWIO']);
  });
});

/** The numbers, whatever their type. */
function numbersOf(dtype: Dtype, bytes: Uint8Array): number[] {
  if (dtype === 'I64') return [...new BigInt64Array(bytes.slice().buffer)].map(Number);
  return [...toFloat64({ dtype, shape: [], data: bytes.slice() })];
}

describe('openNumpy reads an array of', () => {
  const swapped = (width: number) => values(6 * width).map((_, i) => i - (i % width) + width - 1 - (i % width));
  it.each([
    ['<f4', 'F32', 4],
    ['>f4', 'F32', 4],
    ['<f2', 'F16', 2],
    ['=f8', 'F64', 8],
    ['|u1', 'U8', 1],
    ['|b1', 'BOOL', 1],
    ['>i8', 'I64', 8],
  ])('%s', async (descr, dtype, width) => {
    const file = npyBytes(numbersHeader(descr, '(2, 3)'), values(6 * width));
    const tensor = (await open(file)).tensors.get('array')!;
    expect([tensor.dtype, tensor.shape]).toEqual([dtype, [2, 3]]);
    expect(await bytesOf(file)).toEqual([...(descr.startsWith('>') ? swapped(width) : values(6 * width))]);
  });

  it.each<[string, string, number, number[]]>([
    ["Fortran's order", numbersHeader('|u1', '(2, 3)', 'True'), 1, [0, 2, 4, 1, 3, 5]],
    ['version 2', numbersHeader('|u1', '(6,)'), 2, range(0, 6)],
    ['version 3', numbersHeader('|u1', '(6,)'), 3, range(0, 6)],
    ["Python 2's long numbers", numbersHeader('|u1', '(2L, 3L)'), 1, range(0, 6)],
    ['keys in another order', `{"shape": (6,), 'fortran_order': False, 'descr': '|u1'}`, 1, range(0, 6)],
  ])('%s', async (_what, header, version, want) => {
    expect(await bytesOf(npyBytes(header, values(6), version))).toEqual(want);
  });

  it('one number, and none', async () => {
    expect(await bytesOf(npyBytes(numbersHeader('<f4', '()'), values(4)))).toEqual([0, 1, 2, 3]);
    expect(await bytesOf(npyBytes(numbersHeader('<f4', '(0, 3)')))).toEqual([]);
  });
});

describe('openNumpy refuses', () => {
  const six = (header: string) => npyBytes(header, values(6));
  const reconstruct = (contents: string | Uint8Array, shape = tuple(), code = 'O8') =>
    pickleBytes(
      'cnumpy.core.multiarray\n_reconstruct\n',
      tuple('cnumpy\nndarray\n', tuple(int(0)), pickleBytes('U', 1, 'b')),
      'R',
      tuple(
        int(1),
        shape,
        pickleBytes('cnumpy\ndtype\n', tuple(pickleBytes('U', code.length, code), int(0), int(1)), 'R'),
        pickleBytes(0x89),
        contents,
      ),
      'b',
    );
  const layers = (value: string | Uint8Array) =>
    npyBytes(objectHeader, pickleBytes(0x80, 2, reconstruct(pickleBytes(']', '}U', 1, 'a', value, 'sa')), '.'));
  const shared = (count: number) => pickleBytes('](', 'N'.repeat(count), 'eq', 5);
  const bomb = pickleBytes(
    shared(200),
    ...Array.from({ length: 200 }, (_, i) => pickleBytes('sU', 2, i & 0xff, 1, 'h', 5)),
  );

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /no \.npy/],
    ['what is none', values(200), /no \.npy/],
    ['a header that is cut off', six(numbersHeader('|u1', '(6,)')).subarray(0, 60), /are asked for, but there are/],
    ['version 4', npyBytes(numbersHeader('|u1', '(6,)'), values(6), 4), /version 4/],
    ['a header of 10 MB', npyBytes(' '.repeat(10_000_000), '', 2), /header takes 10000001 bytes/],
    ['a header that is no dict', six('[1, 2]'), /none that is understood/],
    ['a header that is code', six("{'descr': eval('1')}"), /none that is understood/],
    ['a header without shape', six("{'descr': '|u1', 'fortran_order': False}"), /none that is understood/],
    ['a key twice', six("{'descr': '|u1', 'fortran_order': False, 'shape': (6,), 'shape': (3,)}"), /none that is/],
    ['a negative extent', six(numbersHeader('|u1', '(-6,)')), /none that is understood/],
    ['an extent past 2^53', six(numbersHeader('|u1', '(9999999999999999,)')), /none that is understood/],
    ['nesting without end', six('('.repeat(5000)), /none that is understood/],
    ['a structured type', six("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,)}"), /none that is/],
    ['complex numbers', six(numbersHeader('<c8', '(6,)')), /no numbers but <c8/],
    ['too few values', six(numbersHeader('|u1', '(7,)')), /7 of U8 should follow the header, but 6 bytes do/],
    ['too many values', six(numbersHeader('|u1', '(5,)')), /5 of U8 should follow/],
    ['a shape that overflows', six(numbersHeader('|u1', '(9007199254740991, 9007199254740991)')), /should follow/],
    ['no pickle', npyBytes(objectHeader), /1 bytes should follow/],
    ['a pickle of a number', npyBytes(objectHeader, 'K\x01.'), /no dict of layers/],
    ['a pickle of a class', npyBytes(objectHeader, 'cos\nsystem\n.'), /wants "os system"/],
    ['references', npyBytes(objectHeader, 'K\x01Q.'), /BINPERSID is not allowed/],
    [
      'an array of two objects',
      npyBytes(objectHeader, pickleBytes(reconstruct(pickleBytes(']N', 'a}a')), '.')),
      /no dict of layers/,
    ],
    [
      'an array with too few values',
      layers(reconstruct(pickleBytes('U', 3, 'abc'), tuple(int(1)), 'f4')),
      /1 elements has 0\.75/,
    ],
    [
      'an array of texts',
      layers(reconstruct(pickleBytes('U', 3, 'abc'), tuple(int(1)), 'S3')),
      /does not hold numbers \(array "a"\)/,
    ],
    ['an array of objects', layers(reconstruct(pickleBytes(']Na'), tuple(int(1)))), /does not hold numbers/],
    ['layers that are one list, again and again', layers(bomb), /more than 10000 arrays/],
  ])('%s', async (_what, file, message) => {
    const failure = open(file);
    await expect(failure).rejects.toMatchObject({ code: 'invalid-file' });
    await expect(failure).rejects.toThrow(message);
  });
});
