import { type Shape, sameShape, sizeOf, type Tensor, type Weights } from '../../../tensor.ts';
import { MANIFEST_FILE, type Manifest, type ManifestParameter, type Part, type Shard } from '../../native/manifest.ts';
import { writeManifest } from '../../native/write-manifest.ts';
import { writeShard } from '../../native/write-shard.ts';
import type { Dtype, StoredTensor } from '../../safetensors/dtype.ts';
import { storeWeight } from '../../stored/store.ts';
import { tensorOf } from '../../weight-source.ts';

/** A set of native weight files, small enough for tests, and what is in it. */
export interface SmallSet {
  readonly manifest: Manifest;
  /** The manifest and the shards, by name. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** What the files mean. */
  readonly weights: Weights;
}

interface Plan {
  readonly name: string;
  readonly shape: Shape;
  readonly precision: 'f32' | 'q8' | 'q4';
  /** The rows of each part, and its shard. */
  readonly parts: readonly (readonly [from: number, to: number, shard: number])[];
}

/** One shard of about 100 kB. */
export const oneShard: readonly Plan[] = [
  { name: 'conv1.weight', shape: [3, 2, 4, 5], precision: 'f32', parts: [[0, 3, 0]] },
  { name: 'fc2.weight', shape: [26, 1000], precision: 'f32', parts: [[0, 26, 0]] },
];

/** Seven shards; weights that go on from one to the next in every precision. */
export const sevenShards: readonly Plan[] = [
  { name: 'conv1.weight', shape: [3, 2, 4, 5], precision: 'f32', parts: [[0, 3, 0]] },
  { name: 'conv1.bias', shape: [3], precision: 'f32', parts: [[0, 3, 0]] },
  // biome-ignore format: one part a shard
  { name: 'fc2.weight', shape: [64, 1000], precision: 'f32', parts: [[0, 17, 1], [17, 33, 2], [33, 50, 3], [50, 64, 4]] },
  // biome-ignore format: one part a shard
  { name: 'fc3.weight', shape: [11, 64], precision: 'q8', parts: [[0, 7, 5], [7, 11, 6]] },
  // biome-ignore format: one part a shard
  { name: 'fc4.weight', shape: [9, 70], precision: 'q4', parts: [[0, 4, 5], [4, 9, 6]] },
];

/** Values that no two places share. */
function valuesOf(shape: Shape, seed: number): Tensor {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    (_, i) => (((i * 7919 + seed * 104729) % 65521) - 32760) / 9001,
  );
  return { shape, data };
}

export async function smallSet(plans: readonly Plan[]): Promise<SmallSet> {
  const count = 1 + Math.max(...plans.flatMap(({ parts }) => parts.map(([, , shard]) => shard)));
  const contents = Array.from({ length: count }, () => new Map<string, StoredTensor>());
  const weights = new Map<string, Tensor>();
  const parameters = plans.map(({ name, shape, precision, parts }, seed): ManifestParameter => {
    const values = valuesOf(shape, seed);
    weights.set(name, precision === 'f32' ? values : tensorOf(storeWeight(values, precision, name), name));
    const row = sizeOf(shape.slice(1));
    const cut = parts.map(([from, to, shard]): Part => {
      const rows: Tensor = { shape: [to - from, ...shape.slice(1)], data: values.data.slice(from * row, to * row) };
      const data = `${name}.${from}`;
      const put = (tensor: string, dtype: Dtype, extents: Shape, { buffer }: { buffer: ArrayBufferLike }) =>
        contents[shard]!.set(tensor, { dtype, shape: extents, data: new Uint8Array(buffer) });
      if (precision === 'f32') {
        put(data, 'F32', rows.shape, rows.data);
        return { rows: [from, to], shard, data };
      }
      const scales = `${data}.scales`;
      const stored = storeWeight(rows, precision, name);
      const blocks = Math.ceil(row / 32);
      if (stored.precision === 'q8') {
        put(data, 'I8', rows.shape, stored.data);
        put(scales, 'F32', [to - from], stored.scales);
      } else if (stored.precision === 'q4') {
        put(data, 'U8', [to - from, blocks, 16], stored.data);
        put(scales, 'F16', [to - from, blocks], stored.scales);
      }
      return { rows: [from, to], shard, data, scales };
    });
    return { name, shape, precision, parts: cut };
  });

  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const shards: Shard[] = [];
  for (const [index, tensors] of contents.entries()) {
    const { data, shard } = await writeShard(`${index}.safetensors`, tensors);
    files.set(shard.file, new Uint8Array(data));
    shards.push(shard);
  }
  const manifest: Manifest = {
    format: 'alexnet-weights',
    version: 1,
    variant: 'torchvision',
    dimensions: { classes: 9, width: 1, inputSize: 224 },
    precision: 'f32',
    preprocessing: { crop: { mode: 'centre', size: 224 }, channels: 'RGB' },
    bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
    shards,
    parameters,
  };
  files.set(MANIFEST_FILE, new Uint8Array(writeManifest(manifest)));
  return { manifest, files, weights };
}

/** Names of the parameters that are not the same, bit by bit, in both. Faster than comparing them element by element. */
export function differences(got: Weights, want: Weights): string[] {
  const bytesOf = ({ data }: Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return [...new Set([...got.keys(), ...want.keys()])].filter((name) => {
    const [one, other] = [got.get(name), want.get(name)];
    if (one === undefined || other === undefined || !sameShape(one.shape, other.shape)) return true;
    return !bytesOf(one).equals(bytesOf(other));
  });
}
