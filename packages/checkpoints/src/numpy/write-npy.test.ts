import {
  buildGraph,
  concatBytes,
  createVariant,
  type Graph,
  memorySource,
  seededWeights,
  sizeOf,
  type Weights,
} from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { openNumpy } from './open-numpy.ts';
import { writeNpy, writeNpyArray } from './write-npy.ts';

const join = (chunks: Iterable<Uint8Array>) => concatBytes([...chunks]);

async function valuesOf(file: Uint8Array): Promise<Map<string, { shape: readonly number[]; data: Float32Array }>> {
  const { tensors } = await openNumpy(memorySource(file));
  const values = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const [name, tensor] of tensors) {
    const bytes = await tensor.read(0, sizeOf(tensor.shape));
    values.set(name, { shape: tensor.shape, data: new Float32Array(bytes.slice().buffer) });
  }
  return values;
}

describe('writeNpy', () => {
  // no two extents are equal; relu and dropout between the flatten and the layer keep the order of the features
  const graph = buildGraph('tiny', { name: 'input', shape: [3, 7, 9] })
    .conv2d('conv1', 4, [3, 2], { stride: [1, 1] })
    .flatten('flatten')
    .relu('relu1')
    .linear('fc6', 6)
    .linear('fc7', 2)
    .build();
  const weights = seededWeights(graph, 3);

  it('writes what openNumpy reads: HWIO, [in, out], the first linear layer in the order of HWC', async () => {
    const got = await valuesOf(join(writeNpy(graph, weights)));
    expect([...got].map(([name, { shape }]) => [name, shape])).toEqual([
      ['conv1/weights', [3, 2, 3, 4]],
      ['conv1/biases', [4]],
      ['fc6/weights', [4 * 5 * 8, 6]],
      ['fc6/biases', [6]],
      ['fc7/weights', [6, 2]],
      ['fc7/biases', [2]],
    ]);
    const conv = got.get('conv1/weights')!.data;
    const ours = weights.get('conv1.weight')!.data;
    const fc6 = got.get('fc6/weights')!.data;
    const fc6Ours = weights.get('fc6.weight')!.data;
    const wrong: string[] = [];
    for (let o = 0; o < 4; o++) {
      for (let i = 0; i < 3; i++) {
        for (let y = 0; y < 3; y++) {
          for (let x = 0; x < 2; x++) {
            if (conv[((y * 2 + x) * 3 + i) * 4 + o] !== ours[((o * 3 + i) * 3 + y) * 2 + x])
              wrong.push(`conv1 ${[o, i, y, x]}`);
          }
        }
      }
    }
    for (let o = 0; o < 6; o++) {
      for (let c = 0; c < 4; c++) {
        for (let y = 0; y < 5; y++) {
          for (let x = 0; x < 8; x++) {
            if (fc6[((y * 8 + x) * 4 + c) * 6 + o] !== fc6Ours[o * 160 + c * 40 + y * 8 + x])
              wrong.push(`fc6 ${[o, c, y, x]}`);
          }
        }
      }
    }
    const fc7 = got.get('fc7/weights')!.data;
    const fc7Ours = weights.get('fc7.weight')!.data;
    fc7.forEach((value, at) => {
      if (value !== fc7Ours[(at % 2) * 6 + Math.floor(at / 2)]) wrong.push(`fc7 ${at}`);
    });
    expect(wrong).toEqual([]);
    expect(got.get('fc6/biases')!.data).toEqual(weights.get('fc6.bias')!.data);
  });

  it('gives the same bytes every time, in pieces that are small beside the file', () => {
    const { graph: alexnet } = createVariant('kratzert', { width: 1 / 4 });
    const narrow = seededWeights(alexnet, 1);
    const chunks = [...writeNpy(alexnet, narrow)];
    expect(Buffer.compare(join(chunks), join(writeNpy(alexnet, narrow)))).toBe(0);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(2 ** 22);
  });

  it.each<[string, Graph, (all: Map<string, { shape: readonly number[]; data: Float32Array }>) => Weights, RegExp]>([
    [
      'a parameter that is missing',
      graph,
      (all) => new Map([...all].filter(([name]) => name !== 'fc7.bias')),
      /shape none, not 2 \(fc7\.bias\)/,
    ],
    [
      'a parameter of another shape',
      graph,
      (all) => all.set('fc7.bias', { shape: [3], data: new Float32Array(3) }),
      /shape 3, not 2 \(fc7\.bias\)/,
    ],
    [
      'batch norm',
      createVariant('uestcsongtaoli', { width: 1 / 16 }).graph,
      (all) => all,
      /no place for bn1\.\w+: .*Fold the batch norm/,
    ],
  ])('refuses %s before anything is written', (_what, of, change, message) => {
    expect(() => writeNpy(of, change(new Map(seededWeights(of, 3))))).toThrow(message);
  });
});

describe('writeNpyArray', () => {
  it.each([[[2, 3]], [[5]], [[]], [[0, 4]], [[1, 2, 3, 4]]])('writes shape %j', async (shape) => {
    const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => i - 1.5);
    const [header, values] = [...writeNpyArray({ shape, data })];
    expect(header!.length % 64).toBe(0);
    expect(values!.buffer).toBe(data.buffer);
    expect(await valuesOf(concatBytes([header!, values!]))).toEqual(new Map([['array', { shape, data }]]));
  });

  it('refuses data that does not fit the shape', () => {
    expect(() => writeNpyArray({ shape: [2, 3], data: new Float32Array(5) })).toThrow(/6 elements has 5/);
  });
});
