import { AlexNetError, toFloat32 } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { all, bytes, externalTensor, le, message, model, node, tensor, varint } from './onnx-bytes.ts';
import { externalFiles, readOnnx } from './read-onnx.ts';

const six = Float32Array.of(1, -2, 3.5, 0, 1e-40, Number.NaN);
const raw = bytes(9, le(six));
const good = model([tensor({ more: [raw] })]);
const external = new Map([['w.bin', le(six)]]);

function failure(run: () => unknown): AlexNetError {
  try {
    run();
  } catch (error) {
    if (error instanceof AlexNetError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('readOnnx reads', () => {
  const doubles = Float64Array.from(six);
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x4300, 0, 0x0001, 0x7e00);
  const brains = Uint16Array.of(0x3f80, 0xc000, 0x4060, 0, 0x0001, 0x7fc0);
  const subnormal = { F32: Math.fround(1e-40), half: 2 ** -24, brain: 2 ** -133 };

  it.each([
    ['raw float32', tensor({ more: [raw] }), subnormal.F32],
    ['float_data', tensor({ more: [bytes(4, le(six))] }), subnormal.F32],
    ['raw float64', tensor({ type: 11, more: [bytes(9, le(doubles))] }), subnormal.F32],
    ['double_data', tensor({ type: 11, more: [bytes(10, le(doubles))] }), subnormal.F32],
    ['raw float16', tensor({ type: 10, more: [bytes(9, le(halves))] }), subnormal.half],
    ['float16 in int32_data', joined(tensor({ type: 10 }), packed(halves)), subnormal.half],
    ['raw bfloat16', tensor({ type: 16, more: [bytes(9, le(brains))] }), subnormal.brain],
    ['bfloat16 in int32_data', joined(tensor({ type: 16 }), packed(brains)), subnormal.brain],
    ['an external file', externalTensor({ location: 'w.bin' }), subnormal.F32],
    ['part of an external file', externalTensor({ location: 'w.bin', offset: '0', length: '24' }), subnormal.F32],
  ])('%s', (_what, proto, tiny) => {
    const stored = readOnnx(model([proto]), external).tensors.get('w')!;
    expect(stored.shape).toEqual([2, 3]);
    expect([...toFloat32(stored)]).toEqual([1, -2, 3.5, 0, tiny, Number.NaN]);
  });

  it('packed dimensions, scalars and empty tensors', () => {
    const packedDims = message((pbf) => pbf.writePackedVarint(1, [3, 2]));
    const { tensors } = readOnnx(
      model([
        joined(packedDims, tensor({ name: 'packed', dims: [], more: [raw] })),
        tensor({ name: 'scalar', dims: [], more: [bytes(9, le(Float32Array.of(7)))] }),
        tensor({ name: 'empty', dims: [0, 5] }),
      ]),
    );
    expect([...tensors].map(([name, { shape, data }]) => [name, shape, data.length])).toEqual([
      ['packed', [3, 2], 24],
      ['scalar', [], 4],
      ['empty', [0, 5], 0],
    ]);
  });

  it('views of the file, not copies', () => {
    expect(readOnnx(good).tensors.get('w')!.data.buffer).toBe(good.buffer);
  });

  it('nodes with their inputs, and initializers that are no weights by name only', () => {
    const file = model(
      [tensor({ name: 'shape', dims: [2], type: 7 }), tensor({ name: 'w', more: [raw] })],
      [node('Reshape', ['x', 'shape']), node('Gemm', ['y', 'w', ''], { transA: 1, transB: 1 })],
    );
    const { nodes, tensors, others } = readOnnx(file);
    expect(nodes).toEqual([
      { op: 'Reshape', inputs: ['x', 'shape'], transB: false },
      { op: 'Gemm', inputs: ['y', 'w', ''], transB: true },
    ]);
    expect([[...tensors.keys()], others]).toEqual([['w'], ['shape']]);
  });

  it.each([
    ['Gemm without transB', node('Gemm', ['x', 'w', 'b']), true],
    ['Gemm with transB = 0', node('Gemm', ['x', 'w'], { transB: 0 }), true],
    ['MatMul', node('MatMul', ['x', 'w']), true],
    ['Gemm with transB', node('Gemm', ['x', 'w'], { transB: 1 }), false],
    ['Gemm that has it as first operand', node('Gemm', ['w', 'x']), false],
  ])('linear weights as [out, in]: %s', (_what, reader, transposed) => {
    const { shape, data } = readOnnx(
      model([tensor({ more: [bytes(9, le(Float32Array.of(1, 2, 3, 4, 5, 6)))] })], [reader]),
    ).tensors.get('w')!;
    expect(shape).toEqual(transposed ? [3, 2] : [2, 3]);
    expect([...new Float32Array(data.slice().buffer)]).toEqual(transposed ? [1, 4, 2, 5, 3, 6] : [1, 2, 3, 4, 5, 6]);
  });
});

describe('readOnnx rejects', () => {
  const longVarint = Uint8Array.from({ length: 20 }, () => 0x80);

  it.each([
    ['a file without a graph', all(varint(1, 8)), /has no graph/, /model/],
    ['two graphs', joined(good, good), /more than one graph/, /model/],
    ['a graph that is a number', all(varint(1, 8), varint(7, 3)), /number stands where bytes/, /model/],
    ['a length past the end', good.subarray(0, good.length - 1), /cut off: \d+ are left/, /model, byte 4/],
    [
      'a length of 2^62',
      Uint8Array.of(8, 8, 0x3a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40),
      /cut off/,
      /model/,
    ],
    ['a length below 0', Uint8Array.of(0x3a, ...longVarint.fill(0xff, 0, 9).subarray(0, 9), 1), /of -1 bytes/, /model/],
    ['a number without end', Uint8Array.of(8, ...longVarint.fill(0x80)), /longer than 10 bytes/, /model, byte 1/],
    ['a number cut off', Uint8Array.of(8, 0x80), /cut off or longer/, /model, byte 1/],
    ['a tag cut off', Uint8Array.of(8, 8, 0x80), /cut off or longer/, /model, byte 2/],
    ['field number 0', Uint8Array.of(0, 0), /field number 0/, /model/],
    ['a group', Uint8Array.of(0x0b, 0x0c), /wire type 3/, /model/],
    ['wire type 7', Uint8Array.of(0x0f), /wire type 7/, /model/],
    ['a 64-bit field cut off', Uint8Array.of(0x09, 1, 2, 3), /field of 8 bytes is cut off: 3 are left/, /model/],
    ['a 32-bit field cut off', Uint8Array.of(0x0d, 1, 2), /field of 4 bytes is cut off: 2 are left/, /model/],
    ['a tensor longer than its graph', graphOf(Uint8Array.of(0x2a, 9, 1)), /field of 9 bytes is cut off/, /graph/],
    ['an initializer that is a number', graphOf(all(varint(5, 1))), /number stands where bytes/, /graph/],
    [
      'a name that is not UTF-8',
      model([all(bytes(8, Uint8Array.of(0xff)))]),
      /not valid UTF-8/,
      /initializer number 0/,
    ],
    ['two initializers of one name', model([tensor({ more: [raw] }), tensor({ more: [raw] })]), /there twice/, /"w"/],
    ['too few values', model([tensor({ dims: [7], more: [raw] })]), /7 has 7 values but there are 6/, /"w"/],
    ['too many values', model([tensor({ dims: [5], more: [raw] })]), /5 has 5 values but there are 6/, /"w"/],
    ['no values', model([tensor({})]), /2x3 has 6 values but there are 0/, /"w"/],
    ['half a value', model([tensor({ dims: [1], more: [bytes(9, new Uint8Array(6))] })]), /there are 1\.5/, /"w"/],
    ['values twice', model([tensor({ more: [raw, bytes(4, le(six))] })]), /more than one piece/, /"w"/],
    ['a negative extent', model([tensor({ dims: [-2, -3], more: [raw] })]), /extent -2 is not a size/, /number 0/],
    ['an extent past 2^53', model([tensor({ dims: [2 ** 60], more: [raw] })]), /is not a size/, /number 0/],
    [
      'a shape that overflows',
      model([tensor({ dims: [2 ** 50, 2 ** 50], more: [raw] })]),
      /values but there are 6/,
      /"w"/,
    ],
    [
      'a shape without end',
      model([tensor({ dims: Array.from({ length: 40 }, () => 1), more: [raw] })]),
      /more than 32 dim/,
      /number 0/,
    ],
    [
      'float32 in int32_data',
      model([tensor({ dims: [1], more: [bytes(5, Uint8Array.of(1))] })]),
      /cannot hold F32/,
      /"w"/,
    ],
    [
      'a huge float16 in a little int32_data',
      model([tensor({ dims: [2 ** 40], type: 10, more: [bytes(5, Uint8Array.of(1))] })]),
      /values but there are 1/,
      /"w"/,
    ],
    [
      'float16 values cut off',
      model([tensor({ dims: [2], type: 10, more: [bytes(5, Uint8Array.of(1, 0x80))] })]),
      /cut off or longer/,
      /"w"/,
    ],
    [
      'too many items',
      graphOf(new Uint8Array(200_004).map((_, i) => (i % 2 === 0 ? 0x0a : 0))),
      /more than 100000/,
      /graph/,
    ],
  ])('%s', (_what, file, text, where) => {
    const error = failure(() => readOnnx(file));
    expect(error.code).toBe('invalid-file');
    expect(error.message).toMatch(text);
    expect(error.where).toMatch(where);
  });

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
    ['a length that is not the shape', { location: 'w.bin', length: '20' }, /6 values but there are 5/],
    ['entries without end', Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, ''])), /more than 16/],
  ])('external data with %s', (_what, entries, text) => {
    const error = failure(() => readOnnx(model([externalTensor(entries)]), external));
    expect(error.code).toBe('invalid-file');
    expect(error.message).toMatch(text);
  });

  it('paths that leave the folder before any file is asked for', () => {
    const error = failure(() => externalFiles(model([externalTensor({ location: '../../secret' })])));
    expect(error.message).toMatch(/leaves the model's folder/);
  });
});

function packed(values: Uint16Array): Uint8Array {
  return message((pbf) => pbf.writePackedVarint(5, [...values]));
}

function graphOf(graph: Uint8Array): Uint8Array {
  return all(varint(1, 8), bytes(7, graph));
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Uint8Array.from([...a, ...b]);
}
