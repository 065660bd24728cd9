import { createVariant, memorySource } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { sameOps } from '../identify/same-ops.ts';
import { goldenFile } from '../testing/golden-file.ts';
import { layer } from '../testing/tfjs-model.ts';
import { layerConfigs } from './layer-config.ts';
import { openKeras } from './open-keras.ts';
import { opsOf } from './ops.ts';

const ops = (...layers: object[]) => {
  const model = JSON.parse(JSON.stringify({ config: { layers } }), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : value,
  );
  return opsOf(layerConfigs(model as Map<string, never>, 'test'));
};
const conv = (config: object = {}) =>
  layer('Conv2D', 'c', { kernel_size: [5, 3], strides: [1, 1], padding: 'valid', ...config });

describe('the steps of a description', () => {
  it.each([
    ['keras-bn.h5', 'defined'],
    ['keras-bn.keras', 'defined'],
    ['keras-bn.weights.h5', 'undefined'],
  ])('of %s are %s, and those of the network that it is', async (name, kind) => {
    const file = await openKeras(memorySource(goldenFile(name)));
    expect(file.ops === undefined ? 'undefined' : 'defined').toBe(kind);
    if (file.ops === undefined) return;
    const fits = (id: string) => sameOps(createVariant(id, { width: 1 / 16, classes: 10 }).graph, file.ops!);
    expect(['uestcsongtaoli', 'eweill', 'engmrk', 'torchvision'].filter(fits)).toEqual(['uestcsongtaoli']);
  });

  it.each([
    { why: 'no padding', layers: [conv()], pads: [0, 0, 0, 0] },
    { why: 'padding that needs no size', layers: [conv({ padding: 'same' })], pads: [2, 1, 2, 1] },
    { why: 'padding that needs the size', layers: [conv({ padding: 'same', strides: [2, 2] })], pads: undefined },
    { why: 'padding of an even kernel', layers: [conv({ padding: 'same', kernel_size: [4, 4] })], pads: undefined },
    {
      why: 'padding of a layer before',
      layers: [
        layer('ZeroPadding2D', 'z', {
          padding: [
            [1, 2],
            [3, 4],
          ],
        }),
        conv(),
      ],
      pads: [1, 3, 2, 4],
    },
    {
      why: 'padding of both',
      layers: [
        layer('ZeroPadding2D', 'z', {
          padding: [
            [1, 2],
            [3, 4],
          ],
        }),
        conv({ padding: 'same' }),
      ],
      pads: undefined,
    },
  ])('tell $why', ({ layers, pads }) => {
    expect(ops(...layers)!.map((op) => op.pads)).toEqual([pads]);
  });

  it('tell an activation in its layer, and the stride of pooling that is its size', () => {
    const pool = layer('MaxPooling2D', 'p', { pool_size: [3, 2], strides: null, padding: 'valid' });
    const dense = layer('Dense', 'd', { activation: 'softmax' });
    expect(ops(conv({ activation: 'relu' }), pool, layer('Flatten', 'f'), dense, layer('ReLU', 'r'))).toEqual([
      { op: 'conv2d', kernel: [5, 3], stride: [1, 1], pads: [0, 0, 0, 0] },
      { op: 'relu' },
      { op: 'maxPool2d', kernel: [3, 2], stride: [3, 2], pads: [0, 0, 0, 0] },
      { op: 'linear' },
      { op: 'relu' },
    ]);
  });

  it('are not told where a layer says nothing of itself', () => {
    expect(ops(conv(), layer('Lambda', 'lrn'))).toBeUndefined();
  });
});
