import { describe, expect, it } from 'vitest';
import { AlexNetError } from '../../error.ts';
import { toFloat32 } from './dtype.ts';
import { asWeights, readSafetensors } from './read.ts';

/** A file with any header text and any number of data bytes, right or wrong. */
function file(header: string | Uint8Array, dataBytes = 0, length?: number): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? json.length), true);
  bytes.set(json, 8);
  for (let i = 0; i < dataBytes; i++) bytes[8 + json.length + i] = i;
  return bytes;
}

const entry = (shape: unknown, begin: unknown, end: unknown, dtype = 'U8') =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });
const many = (count: number) => `{${Array.from({ length: count }, (_, i) => `"t${i}":${entry([0], 0, 0)}`).join(',')}}`;

const hostile: readonly [string, Uint8Array, RegExp, RegExp][] = [
  ['an empty file', new Uint8Array(0), /0 bytes, fewer than/, /byte 0/],
  ['a cut header length', new Uint8Array(7), /7 bytes, fewer than/, /byte 0/],
  ['a header longer than the file', file('{}', 0, 3), /cut off: it should have 3 bytes but only 2/, /byte 0/],
  ['a header length over the limit', file('{}', 0, 100_000_001), /over the limit of 100000000/, /byte 0/],
  ['a header length that needs 64 bits', file('{}', 0, 2 ** 53), /over the limit/, /byte 0/],
  ['an empty header', file(''), /not a JSON object/, /byte 8/],
  ['a header that is a list', file('[]'), /not a JSON object/, /byte 8/],
  ['a header that is no UTF-8', file(Uint8Array.of(0x7b, 0xff, 0x7d)), /not valid UTF-8/, /header/],
  ['a header that is no JSON', file('{"a":nope}'), /not valid JSON: not a JSON value/, /character 5/],
  ['a header that ends too early', file('{"a":{'), /not valid JSON/, /character 6/],
  ['text after the header', file('{} x'), /something follows/, /character 3/],
  ['a zero byte as padding', file('{}\0'), /something follows/, /character 2/],
  ['a string that is not closed', file('{"a'), /not closed/, /character 1/],
  ['a string that ends in a backslash', file('{"a\\'), /not closed/, /character 1/],
  ['a bad escape', file('{"\\x":1}'), /not a JSON value/, /character 1/],
  ['a control character in a string', file('{"a\n":1}'), /control character/, /character 3/],
  ['a trailing comma', file(`{"a":${entry([0], 0, 0)},}`), /expected a key/, /character/],
  [
    'the same tensor twice',
    file(`{"a":${entry([1], 0, 1)},"a":${entry([1], 1, 2)}}`, 2),
    /the key "a" occurs twice/,
    /character/,
  ],
  [
    'the same tensor twice, once escaped',
    file(`{"a":${entry([1], 0, 1)},"\\u0061":${entry([1], 1, 2)}}`, 2),
    /the key "a" occurs twice/,
    /character/,
  ],
  [
    'a field of an entry twice',
    file('{"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}', 1),
    /"dtype" occurs twice/,
    /character 19/,
  ],
  ['the name __proto__', file(`{"__proto__":${entry([1], 0, 1)}}`, 1), /name __proto__ is not allowed/, /__proto__/],
  ['the name constructor', file(`{"constructor":${entry([1], 0, 1)}}`, 1), /constructor is not allowed/, /constructor/],
  [
    'the metadata key __proto__',
    file('{"__metadata__":{"__proto__":"x"}}'),
    /key __proto__ is not allowed/,
    /metadata/,
  ],
  ['metadata that is not text', file('{"__metadata__":{"epoch":3}}'), /"epoch" is not a text/, /__metadata__/],
  ['metadata that is a list', file('{"__metadata__":[]}'), /not an object/, /__metadata__/],
  ['an entry that is not an object', file('{"a":3}'), /entry is not an object/, /tensor "a"/],
  ['an entry without dtype', file('{"a":{"shape":[1],"data_offsets":[0,1]}}', 1), /dtype is missing/, /tensor "a"/],
  ['an unknown dtype', file(`{"a":${entry([1], 0, 1, 'F99')}}`, 1), /dtype "F99" is unknown/, /tensor "a"/],
  [
    'a dtype from the prototype',
    file(`{"a":${entry([1], 0, 1, 'toString')}}`, 1),
    /"toString" is unknown/,
    /tensor "a"/,
  ],
  [
    'a shape that is missing',
    file('{"a":{"dtype":"U8","data_offsets":[0,1]}}', 1),
    /shape is not a list/,
    /tensor "a"/,
  ],
  ['a negative extent', file(`{"a":${entry([-1], 0, 1)}}`, 1), /whole numbers/, /tensor "a"/],
  ['a fractional extent', file(`{"a":${entry([1.5], 0, 1)}}`, 1), /whole numbers/, /tensor "a"/],
  ['an extent that is a text', file(`{"a":${entry(['1'], 0, 1)}}`, 1), /whole numbers/, /tensor "a"/],
  [
    'a rank without end',
    file(
      `{"a":${entry(
        Array.from({ length: 33 }, () => 1),
        0,
        1,
      )}}`,
      1,
    ),
    /at most 32/,
    /tensor "a"/,
  ],
  ['a shape that overflows', file(`{"a":${entry([2 ** 27, 2 ** 26], 0, 8, 'F64')}}`, 8), /more elements/, /tensor "a"/],
  [
    'a shape that overflows to infinity and back to 0',
    file(`{"a":${entry([...Array.from({ length: 31 }, () => 2 ** 52), 0], 0, 0)}}`),
    /more elements/,
    /tensor "a"/,
  ],
  ['one offset', file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}', 1), /not a pair/, /tensor "a"/],
  ['three offsets', file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}', 1), /not a pair/, /tensor "a"/],
  ['a negative offset', file(`{"a":${entry([1], -1, 0)}}`, 1), /pair of whole numbers/, /tensor "a"/],
  ['a fractional offset', file(`{"a":${entry([1], 0.5, 1.5)}}`, 2), /pair of whole numbers/, /tensor "a"/],
  ['an offset past 2^53', file(`{"a":${entry([1], 2 ** 53, 2 ** 53 + 2)}}`, 1), /pair of whole/, /tensor "a"/],
  ['an offset of 1e999', file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1e999]}}'), /pair of whole/, /"a"/],
  ['an end before the begin', file(`{"a":${entry([1], 1, 0)}}`, 1), /ends at 0, before it begins at 1/, /tensor "a"/],
  ['a size that is not the shape', file(`{"a":${entry([3], 0, 8, 'F32')}}`, 8), /takes 12 bytes .* span 8/, /"a"/],
  [
    'overlapping tensors',
    file(`{"a":${entry([2], 0, 2)},"b":${entry([2], 1, 3)}}`, 3),
    /begins at 1, inside another that ends at 2/,
    /tensor "b"/,
  ],
  ['a tensor inside another', file(`{"b":${entry([1], 1, 2)},"a":${entry([3], 0, 3)}}`, 3), /inside another/, /"b"/],
  [
    'a hole between tensors',
    file(`{"a":${entry([2], 0, 2)},"b":${entry([1], 3, 4)}}`, 4),
    /hole of 1 bytes before/,
    /tensor "b"/,
  ],
  ['a hole before the first tensor', file(`{"a":${entry([1], 1, 2)}}`, 2), /hole of 1 bytes/, /tensor "a"/],
  ['data cut off', file(`{"a":${entry([4], 0, 4)}}`, 3), /cut off: the tensor ends at 4 but there are 3/, /tensor "a"/],
  ['data after the last tensor', file(`{"a":${entry([2], 0, 2)}}`, 5), /3 bytes follow/, /data byte 2/],
  ['data without tensors', file('{}', 1), /1 bytes follow/, /data byte 0/],
  ['too many tensors', file(many(100_001)), /more than 100000 tensors/, /header/],
  ['too many values', file(`{"a":[${'0,'.repeat(2_000_000)}0]}`), /more than 2000000 values/, /character/],
  ['deep nesting of lists', file(`{"a":${'['.repeat(100_000)}`), /nested more than 4 deep/, /character/],
  ['deep nesting of objects', file('{"a":'.repeat(100_000)), /nested more than 4 deep/, /character/],
  ['a number of a million digits', file(`{"a":${'1'.repeat(1_000_000)}}`), /expected , or }/, /character/],
  [
    'a string of ten million characters',
    file(`{"${'x'.repeat(10_000_000)}":1}`),
    /not an object/,
    /tensor "x{100}\.{3}"/,
  ],
  ['ten million spaces', file(`{${' '.repeat(10_000_000)}`), /expected a key/, /character/],
];

describe('readSafetensors rejects', () => {
  it.each(hostile)('%s', (_what, bytes, message, where) => {
    let error: unknown;
    try {
      readSafetensors(bytes);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AlexNetError);
    const found = error as AlexNetError;
    expect(found.code).toBe('invalid-file');
    expect(found.message).toMatch(message);
    expect(found.where).toMatch(where);
    expect(found.message.length).toBeLessThan(500);
  });
});

describe('readSafetensors reads', () => {
  it('views of the file, in the order of the header, whatever the order of the data', () => {
    const bytes = file(`{"b":${entry([2, 3], 5, 11)},"a":${entry([5], 0, 5, 'I8')}}   `, 11);
    const { tensors } = readSafetensors(bytes);
    expect([...tensors.keys()]).toEqual(['b', 'a']);
    expect(tensors.get('b')).toMatchObject({ dtype: 'U8', shape: [2, 3] });
    expect([...tensors.get('b')!.data]).toEqual([5, 6, 7, 8, 9, 10]);
    expect(tensors.get('b')!.data.buffer).toBe(bytes.buffer);
  });

  it('a file that is itself a view at an odd offset', () => {
    const bytes = file(`{"a":${entry([2], 0, 8, 'F32')}}`, 8);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const { tensors } = readSafetensors(shifted.subarray(3));
    expect(toFloat32(tensors.get('a')!)).toEqual(new Float32Array(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7).buffer));
  });

  it.each([
    ['scalars', `{"a":${entry([], 0, 1)}}`, 1, []],
    ['empty tensors between others', `{"z":${entry([3], 0, 3)},"a":${entry([0, 7], 0, 0)}}`, 3, [0, 7]],
    ['extents above 2^31 of an empty tensor', `{"a":${entry([2 ** 40, 0], 0, 0)}}`, 0, [2 ** 40, 0]],
    ['white space anywhere', ` {"a" :\n{ "dtype":"U8",\t"shape" : [ 2 ] , "data_offsets":[0,2]} }`.trimStart(), 2, [2]],
    ['fields that it does not know', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"note":null}}', 1, [1]],
  ])('%s', (_what, header, dataBytes, shape) => {
    expect(readSafetensors(file(header, dataBytes)).tensors.get('a')?.shape).toEqual(shape);
  });

  it('metadata, names with any letters, and no pad tensors', () => {
    const bytes = file(
      `{"__metadata__":{"format":"pt","kůň":"\\u2713"},"重\\n":${entry([1], 0, 1)},"__pad0":${entry([2], 1, 3)}}`,
      3,
    );
    const { tensors, metadata } = readSafetensors(bytes);
    expect(metadata).toEqual({ format: 'pt', kůň: '✓' });
    expect([...tensors.keys()]).toEqual(['重\n']);
  });

  it('an empty file of no tensors', () => {
    expect(readSafetensors(file('{}'))).toEqual({ tensors: new Map(), metadata: {} });
  });
});

describe('asWeights', () => {
  it('keeps the float tensors and leaves out the others', () => {
    const weights = asWeights(
      readSafetensors(file(`{"w":${entry([2], 0, 4, 'BF16')},"steps":${entry([1], 4, 12, 'I64')}}`, 12)),
    );
    expect([...weights.keys()]).toEqual(['w']);
    expect(weights.get('w')!.shape).toEqual([2]);
    expect(weights.get('w')!.data).toEqual(new Float32Array(Uint8Array.of(0, 0, 0, 1, 0, 0, 2, 3).buffer));
  });
});
