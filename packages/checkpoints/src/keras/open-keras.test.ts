import { memorySource, sizeOf } from '@alexnet/core';
import { blobSource } from '@alexnet/core/files';
import { describe, expect, it } from 'vitest';
import type { CheckpointFile } from '../checkpoint-file.ts';
import { goldenFile } from '../testing/golden-file.ts';
import { openKeras } from './open-keras.ts';

async function allBytes({ tensors }: CheckpointFile): Promise<Map<string, string>> {
  const bytes = new Map<string, string>();
  for (const [name, { dtype, shape, read }] of tensors) {
    bytes.set(name, `${dtype} ${shape} ${Buffer.from(await read(0, sizeOf(shape))).toString('hex')}`);
  }
  return bytes;
}

/** Files of one network as Keras 3 saved it three times. */
const golden = ['keras-bn.h5', 'keras-bn.keras', 'keras-bn.weights.h5'] as const;

describe.each(golden)('openKeras on %s', (name) => {
  const file = () => openKeras(memorySource(goldenFile(name), name));

  it('gives the tensors that the other files have, bit for bit', async () => {
    const [got, want] = [
      await allBytes(await file()),
      await allBytes(await openKeras(memorySource(goldenFile(golden[0])))),
    ];
    expect(got).toEqual(want);
    expect(got.size).toBe(48);
  });

  it('knows the layers in the order in which they compute', async () => {
    const { layers, layout, format, others } = await file();
    expect({ layout, format, others }).toEqual({
      format: 'keras',
      layout: { conv: 'HWIO', linear: 'IO', flatten: 'HWC' },
      others: [],
    });
    const blocks = ['conv1', 'conv2', 'conv3', 'conv4', 'conv5', 'fc6', 'fc7', 'fc8'];
    expect(layers!.map((layer) => layer.name)).toEqual(blocks.flatMap((block) => [block, `bn${block.at(-1)}`]));
    const described = name !== 'keras-bn.weights.h5';
    expect(layers!.slice(0, 2)).toEqual([
      { name: 'conv1', op: 'conv2d', weight: 'conv1/kernel', bias: 'conv1/bias', ...(described ? { groups: 1 } : {}) },
      {
        name: 'bn1',
        op: 'batchNorm',
        weight: 'bn1/gamma',
        bias: 'bn1/beta',
        mean: 'bn1/moving_mean',
        variance: 'bn1/moving_variance',
        ...(described ? { epsilon: 0.001 } : {}),
      },
    ]);
    expect(layers!.at(-2)).toEqual({ name: 'fc8', op: 'linear', weight: 'fc8/kernel', bias: 'fc8/bias' });
  });

  it('is read from a Blob alike', async () => {
    const { tensors } = await openKeras(blobSource(new Blob([goldenFile(name)])));
    const fromMemory = (await file()).tensors.get('fc6/kernel')!;
    expect(await tensors.get('fc6/kernel')!.read(1000, 1100)).toEqual(await fromMemory.read(1000, 1100));
  });
});
