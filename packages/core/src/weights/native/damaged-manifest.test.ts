import { beforeAll, describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';
import type { Manifest, ShardTensor } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';
import { writeSmall } from './testing/small-network.ts';

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
type Damaged = Mutable<Manifest>;

let text: string;

beforeAll(async () => {
  text = decodeUtf8((await writeSmall({ precision: 'q8' })).at(-1)!.data)!;
});

describe('a manifest that is wrong', () => {
  /** A value of any type in place of the right one. */
  const put = (object: object, values: object): unknown => Object.assign(object, values);
  const parameter = (m: Damaged, name: string) => m.parameters.find((one) => one.name === name)!;
  /** fc7 in q8: a part with scales. */
  const part = (m: Damaged) => parameter(m, 'fc7.weight').parts[0]!;
  const tensorOf = (m: Damaged) => {
    const { shard, data } = part(m);
    return m.shards[shard]!.tensors.find((one) => one.name === data)!;
  };

  const first = (m: Damaged) => m.shards[0]!.tensors[0]!;
  const last = (m: Damaged) => m.shards[0]!.tensors.at(-1)!;
  const move = (tensor: Mutable<ShardTensor>, by: number) =>
    put(tensor, { begin: tensor.begin + by, end: tensor.end + by });
  /** Makes the 28 bytes of fc8's bias a dc part of so many elements. */
  const claimDc = (m: Damaged, elements: number) => {
    const bias = parameter(m, 'fc8.bias');
    put(bias, { precision: 'dc', shape: [elements] });
    put(bias.parts[0]!, { rows: [0, elements] });
    put(m.shards.at(-1)!.tensors.find(({ name }) => name === 'fc8.bias')!, { dtype: 'U8', shape: [28] });
  };

  it.each<{ why: string; change: (m: Damaged) => unknown; says: string }>([
    { why: 'another format', change: (m) => put(m, { format: 'weights' }), says: 'format' },
    { why: 'a later version', change: (m) => put(m, { version: 2 }), says: 'version' },
    { why: 'a variant that is a path', change: (m) => put(m, { variant: '../x' }), says: 'variant' },
    { why: 'a variant that is no text', change: (m) => put(m, { variant: 7 }), says: 'not a text' },
    { why: 'an empty licence', change: (m) => put(m, { licence: '' }), says: '0 characters' },
    { why: 'an endless source', change: (m) => put(m, { provenance: { source: 'x'.repeat(5000) } }), says: '5000' },
    { why: 'parameters that are no list', change: (m) => put(m, { parameters: 7 }), says: 'not a list' },
    { why: 'no classes', change: (m) => put(m.dimensions, { classes: 0 }), says: 'classes' },
    { why: 'a negative width', change: (m) => put(m.dimensions, { width: -1 }), says: 'width' },
    { why: 'an unknown precision', change: (m) => put(m, { precision: 'q2' }), says: 'precision' },
    { why: 'an unknown label set', change: (m) => put(m, { labels: 'animals' }), says: 'labels' },
    { why: 'too few labels', change: (m) => put(m, { labels: ['a'] }), says: '7 classes' },
    {
      why: 'preprocessing that contradicts itself',
      change: (m) => put(m.preprocessing.mean!, { values: [1] }),
      says: 'preprocessing',
    },
    { why: 'a mean image', change: (m) => put(m.preprocessing, { mean: { kind: 'image' } }), says: 'mean' },
    { why: 'a hash of another length', change: (m) => put(m.shards[0]!, { sha256: 'ab' }), says: 'sha256' },
    { why: 'a path up', change: (m) => put(m.shards[0]!, { file: '../a.safetensors' }), says: 'file' },
    { why: 'a path up, hidden', change: (m) => put(m.shards[0]!, { file: 'a/../../b.safetensors' }), says: 'file' },
    { why: 'a path of Windows', change: (m) => put(m.shards[0]!, { file: 'c:\\a.safetensors' }), says: 'file' },
    { why: 'an address', change: (m) => put(m.shards[0]!, { file: 'https://a.b/c.safetensors' }), says: 'file' },
    { why: 'a query', change: (m) => put(m.shards[0]!, { file: 'a.safetensors?b' }), says: 'file' },
    { why: 'an encoded path', change: (m) => put(m.shards[0]!, { file: '..%2fa.safetensors' }), says: 'file' },
    { why: 'two dots', change: (m) => put(m.shards[0]!, { file: 'a..safetensors' }), says: 'file' },
    { why: 'one file twice', change: (m) => put(m.shards[1]!, { file: m.shards[0]!.file }), says: 'occurs twice' },
    { why: 'no shards', change: (m) => put(m, { shards: [] }), says: 'shards' },
    { why: 'a shard above the limit', change: (m) => put(m.shards[0]!, { bytes: 2 ** 24 + 1 }), says: 'bytes' },
    { why: 'negative bytes', change: (m) => put(m.shards[0]!, { bytes: -1 }), says: 'bytes' },
    { why: 'half a byte', change: (m) => put(m.shards[0]!, { bytes: m.shards[0]!.bytes + 0.5 }), says: 'whole' },
    { why: 'another sum', change: (m) => put(m, { bytes: m.bytes + 1 }), says: 'together' },
    { why: 'a tensor twice', change: (m) => m.shards[0]!.tensors.push(first(m)), says: 'occurs twice' },
    { why: 'a forbidden name', change: (m) => put(first(m), { name: '__proto__' }), says: '__proto__' },
    { why: 'a pad', change: (m) => put(first(m), { name: '__pad0' }), says: 'pad' },
    {
      why: 'tensors that overlap',
      change: (m) => move(m.shards[0]!.tensors[1]!, first(m).begin - m.shards[0]!.tensors[1]!.begin),
      says: 'before',
    },
    { why: 'a tensor beyond the end', change: (m) => move(last(m), 256_000), says: 'beyond' },
    { why: 'a tensor in the header', change: (m) => move(first(m), -first(m).begin), says: 'before' },
    { why: 'an offset that is not aligned', change: (m) => move(last(m), -1), says: 'multiple' },
    {
      why: 'another size',
      change: (m) => put(last(m), { end: last(m).end - 4 }),
      says: 'takes',
    },
    { why: 'an unknown type', change: (m) => put(tensorOf(m), { dtype: 'I4' }), says: 'dtype' },
    { why: 'another type of the same size', change: (m) => put(tensorOf(m), { dtype: 'U8' }), says: 'U8' },
    { why: 'an extent of 0', change: (m) => (tensorOf(m).shape[0] = 0), says: 'shape' },
    { why: 'a scalar', change: (m) => put(tensorOf(m), { shape: [] }), says: 'shape' },
    { why: 'a parameter twice', change: (m) => m.parameters.push(m.parameters[0]!), says: 'occurs twice' },
    { why: 'rows twice', change: (m) => parameter(m, 'fc7.weight').parts.unshift(part(m)), says: 'follow' },
    { why: 'rows that are missing', change: (m) => (part(m).rows[1] -= 1), says: 'Its data' },
    { why: 'a row too many', change: (m) => (parameter(m, 'fc7.bias').shape[0]! += 1), says: 'rows of 205' },
    { why: 'rows backwards', change: (m) => part(m).rows.reverse(), says: 'follow' },
    { why: 'another shape', change: (m) => (parameter(m, 'fc7.weight').shape[1]! += 1), says: 'Its data' },
    { why: 'a shard that is not there', change: (m) => put(part(m), { shard: m.shards.length }), says: 'no shard' },
    { why: 'a tensor that is not there', change: (m) => put(part(m), { data: 'none' }), says: 'none' },
    {
      why: 'two parts that share a tensor',
      change: (m) => put(parameter(m, 'conv4.bias').parts[0]!, parameter(m, 'conv3.bias').parts[0]!),
      says: 'another part',
    },
    { why: 'no scales', change: (m) => Reflect.deleteProperty(part(m), 'scales'), says: 'needs scales' },
    {
      why: 'scales that nobody needs',
      change: (m) => put(parameter(m, 'fc7.bias').parts[0]!, { scales: 'x' }),
      says: 'has no scales',
    },
    {
      why: 'convolutions in q8',
      change: (m) => put(parameter(m, 'conv1.weight'), { precision: 'q8' }),
      says: '[out, in]',
    },
    { why: 'a tensor of no part', change: (m) => m.parameters.pop(), says: 'no part' },
    {
      why: 'more elements than can be',
      change: (m) => put(parameter(m, 'fc7.weight'), { shape: [2 ** 30, 2 ** 30] }),
      says: 'more than',
    },
    { why: 'a negative loss', change: (m) => put(parameter(m, 'fc7.weight').loss!, { rmse: -1 }), says: 'rmse' },
    {
      why: 'a loss that is no number',
      change: (m) => put(parameter(m, 'fc7.weight').loss!, { rmse: null }),
      says: 'rmse',
    },
    { why: 'dc that holds more than it can', change: (m) => claimDc(m, 28 * 256 + 1), says: 'do not hold' },
  ])('is refused: $why', ({ change, says }) => {
    const damaged = JSON.parse(text) as Damaged;
    change(damaged);
    expect(() => parseManifest(encodeUtf8(JSON.stringify(damaged)))).toThrow(
      expect.objectContaining({ code: 'invalid-file', message: expect.stringContaining(says) }),
    );
  });
});
