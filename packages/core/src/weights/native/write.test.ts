import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../safetensors/read.ts';
import { sha256Hex } from '../sha256.ts';
import { quantiseWeight } from '../stored/quantise.ts';
import { restoreWeight } from '../stored/store.ts';
import { firstDifference } from '../testing/first-difference.ts';
import { tensorOf } from '../weight-source.ts';
import { nativePrecisions } from './manifest.ts';
import { factsOf, readPart } from './shard.ts';
import { manifestOf, restore } from './testing/read-back.ts';
import { dimensions, linear, smallShards, variant, weights, writeSmall } from './testing/small-network.ts';
import { sourceOf } from './testing/small-source.ts';
import type { WeightFile } from './write.ts';

const digest = async (files: readonly WeightFile[]) =>
  Promise.all(files.map(async ({ name, data }) => `${name} ${await sha256Hex(data)}`));

const convolutions = [1, 2, 3, 4, 5].map((n) => `conv${n}.weight`);
const orderOfNeed = [...convolutions, ...linear].flatMap((name) => [name, name.replace('weight', 'bias')]);

describe.each(nativePrecisions)('%s', (precision) => {
  it('is read back as what it means', async () => {
    const restored = restore(await writeSmall({ precision }));
    expect([...restored.keys()]).toEqual(orderOfNeed);
    for (const [name, tensor] of weights) {
      const want =
        precision === 'dc'
          ? name.endsWith('weight')
            ? undefined
            : tensor
          : linear.includes(name)
            ? restoreWeight(quantiseWeight(tensor, precision))
            : tensor;
      if (want === undefined) continue;
      expect(restored.get(name)!.shape).toEqual(want.shape);
      expect(firstDifference(restored.get(name)!.data, want.data)).toBe(-1);
    }
  });

  it('is the same, byte for byte, each time', async () => {
    expect(await digest(await writeSmall({ precision }))).toEqual(await digest(await writeSmall({ precision })));
  });

  it('is written in shards in the order of need, none too large, the manifest last', async () => {
    const files = await writeSmall({ precision });
    const manifest = manifestOf(files);
    expect(files.map(({ name }) => name)).toEqual([...manifest.shards.map(({ file }) => file), 'manifest.json']);
    expect(Math.max(...manifest.shards.map(({ bytes }) => bytes))).toBeLessThanOrEqual(smallShards);
    const order = manifest.parameters.flatMap(({ parts }) => parts.map(({ shard }) => shard));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('says the size and hash of every shard and tensor, each at a multiple of 256', async () => {
    const files = await writeSmall({ precision });
    const manifest = manifestOf(files);
    expect(manifest.bytes).toBe(files.slice(0, -1).reduce((sum, { data }) => sum + data.length, 0));
    for (const [i, { bytes, sha256, tensors }] of manifest.shards.entries()) {
      const { data } = files[i]!;
      expect([bytes, sha256]).toEqual([data.length, await sha256Hex(data)]);
      expect(tensors.map(({ name }) => name)).toEqual([...readSafetensors(data).tensors.keys()]);
      for (const tensor of tensors) {
        expect(tensor.begin % 256).toBe(0);
        expect(tensor.sha256).toBe(await sha256Hex(data.subarray(tensor.begin, tensor.end)));
      }
    }
  });

  it('gives the same from a source that is read row by row', async () => {
    expect(await digest(await writeSmall({ precision, weights: sourceOf('f32') }))).toEqual(
      await digest(await writeSmall({ precision })),
    );
  });
});

describe('parts', () => {
  /** Convolutions have long rows. */
  const asF16 = new Map(convolutions.map((name) => [name, 'f16'] as const));

  it('keep the scales of rows in the shard of the rows', async () => {
    const manifest = manifestOf(await writeSmall({ precision: 'q8', shardBytes: 30_000 }));
    const { parts } = manifest.parameters.find(({ name }) => name === 'fc6.weight')!;
    expect(parts.length).toBeGreaterThan(2);
    for (const { shard, data, scales } of parts) {
      const names = manifest.shards[shard]!.tensors.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining([data, scales]));
    }
  });

  it('fit into shards of any size, with all that goes round them', async () => {
    for (let shardBytes = 4096; shardBytes < 8192; shardBytes += 97) {
      const files = await writeSmall({ precision: 'q8', precisions: asF16, scales: 'largest', shardBytes });
      expect(Math.max(...files.slice(0, -1).map(({ data }) => data.length))).toBeLessThanOrEqual(shardBytes);
    }
  });

  it('are named after the rows, whole parameters as they are', async () => {
    const { parameters } = manifestOf(await writeSmall({ precision: 'f32' }));
    const partsOf = (name: string) => parameters.find((parameter) => parameter.name === name)!.parts;
    expect(partsOf('conv1.weight').map(({ data }) => data)).toEqual(['conv1.weight']);
    const rows = partsOf('fc6.weight').map(({ rows: [from, to] }) => `fc6.weight[${from}:${to}]`);
    expect(partsOf('fc6.weight').map(({ data }) => data)).toEqual(rows);
    const sizes = partsOf('fc6.weight').map(({ rows: [from, to] }) => to - from);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(sizes.length); // about as large as each other
  });

  it.each(['q8', 'q4', 'dc'] as const)(
    'of %s do not carry the bare name: no reader takes them for the weight',
    async (precision) => {
      const { parameters } = manifestOf(await writeSmall({ precision, shardBytes: 2 ** 22 }));
      const parameter = parameters.find(({ name }) => name === 'fc8.weight')!;
      expect(parameter.parts[0]!.data).toBe(`fc8.weight.${precision}`);
    },
  );

  it('give some of their rows alone', async () => {
    for (const precision of nativePrecisions) {
      const files = await writeSmall({ precision });
      const manifest = manifestOf(files);
      const parameter = manifest.parameters.find(({ name }) => name === 'fc7.weight')!;
      const part = parameter.parts.at(-1)!;
      const { data } = files[part.shard]!;
      const all = tensorOf(readPart(manifest, parameter, part, data)).data;
      const [from, to] = [part.rows[0] + 2, part.rows[0] + 5];
      const some = tensorOf(readPart(manifest, parameter, part, data, [from, to]));
      expect(some).toEqual({ shape: [3, 204], data: all.slice(2 * 204, 5 * 204) });
    }
  });
});

describe('the manifest', () => {
  it('says what the network is, and what the caller knows', async () => {
    const manifest = manifestOf(
      await writeSmall({
        precision: 'q8',
        labels: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
        licence: 'MIT',
        provenance: { source: 'seed:5', converter: 'test' },
        agreement: async () => ({ samples: 3, top1: 1, largest: 0.01 }),
      }),
    );
    expect(manifest).toMatchObject({
      variant: 'bvlc-alexnet',
      dimensions,
      precision: 'q8',
      labels: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
      licence: 'MIT',
      provenance: { source: 'seed:5', converter: 'test' },
      agreement: { samples: 3, top1: 1, largest: 0.01 },
    });
    expect(manifest.preprocessing).toEqual(variant.preprocessing);
  });

  it('says that dc arrives as float32', async () => {
    const facts = factsOf(manifestOf(await writeSmall({ precision: 'dc' })));
    expect(new Set([...facts.values()].map(({ precision }) => precision))).toEqual(new Set(['f32']));
  });
});
