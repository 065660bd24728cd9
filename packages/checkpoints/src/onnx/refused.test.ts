import { concatBytes } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { openModel as open, raw, six } from '../testing/open-model.ts';
import { float, packedVarints } from '../testing/proto-bytes.ts';
import { readAll } from '../testing/read-all.ts';
import { all, bytes, le, model, node, tensor, varint } from './onnx-bytes.ts';

const good = model([tensor({ more: [raw] })]);
const graphOf = (graph: Uint8Array) => all(varint(1, 8), bytes(7, graph));

describe('openOnnx rejects', () => {
  const longVarint = Uint8Array.from({ length: 20 }, () => 0x80);

  it.each([
    ['a file without a graph', all(varint(1, 8)), /has no graph/, /model/],
    ['two graphs', concatBytes([good, good]), /more than one graph/, /model/],
    ['a graph that is a number', all(varint(1, 8), varint(7, 3)), /number stands where bytes/, /model/],
    ['a length past the end', good.subarray(0, good.length - 1), /cut off: \d+ are left/, /model, byte 4/],
    ['a number without end', Uint8Array.of(8, ...longVarint), /longer than 10 bytes/, /model, byte 1/],
    ['a tensor longer than its graph', graphOf(Uint8Array.of(0x2a, 9, 1)), /field of 9 bytes is cut off/, /graph/],
    ['an initializer that is a number', graphOf(all(varint(5, 1))), /number stands where bytes/, /graph/],
    ['a node that is a group', graphOf(Uint8Array.of(0x0b, 0x0c)), /wire type 3/, /graph/],
    [
      'a name that is not UTF-8',
      model([all(bytes(8, Uint8Array.of(0xff)))]),
      /not valid UTF-8/,
      /initializer number 0/,
    ],
    ['a name of megabytes', model([tensor({ name: 'n'.repeat(2e6) })]), /at most 65536/, /initializer number 0/],
    ['two initializers of one name', model([tensor({ more: [raw] }), tensor({ more: [raw] })]), /there twice/, /"w"/],
    [
      'a constant with the name of an initializer',
      model([tensor({ more: [raw] })], [node('Constant', [], { value: tensor({ more: [raw] }) }, 'w')]),
      /there twice/,
      /"w"/,
    ],
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
      'a shape that is infinite times 0',
      model([tensor({ dims: [...Array.from({ length: 31 }, () => 2 ** 50), 0] })]),
      /NaN values but there are 0/,
      /"w"/,
    ],
    ['a shape without end', model([tensor({ dims: Array.from({ length: 40 }, () => 1), more: [raw] })]), /32 dim/, /0/],
    [
      'packed dimensions without end',
      model([
        all(
          packedVarints(
            1,
            Array.from({ length: 100_000 }, () => 1),
          ),
        ),
      ]),
      /at most 320/,
      /number 0/,
    ],
    ['float32 in int32_data', model([tensor({ dims: [1], more: [packedVarints(5, [1])] })]), /cannot hold F32/, /"w"/],
    ['float16 in float_data', model([tensor({ dims: [1], type: 10, more: [float(4, 1)] })]), /cannot hold F16/, /"w"/],
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
    [
      'too many inputs',
      model(
        [],
        [
          node(
            'Concat',
            Array.from({ length: 10_001 }, () => 'x'),
          ),
        ],
      ),
      /too many inputs/,
      /node number 0/,
    ],
  ])('%s', async (_what, file, text, where) => {
    await expect(open(file).then(readAll)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(text),
      where: expect.stringMatching(where),
    });
  });
});
