import { AlexNetError, concatBytes, createVariant, philoxStream, seededWeights, writeSafetensors } from '@alexnet/core';
import { blobSource } from '@alexnet/core/files';
import { describe, expect, it } from 'vitest';
import { readCheckpoint } from './read-checkpoint.ts';
import { goldenFile } from './testing/golden-file.ts';
import { narrow } from './testing/golden-nets.ts';

describe('readCheckpoint', () => {
  it.each([
    ['torchvision.pth', 'torchvision', 'RGB', ['its tensors have such names']],
    ['zoo-bvlcalexnet.onnx', 'onnx-zoo', 'BGR', ['the file computes in its order']],
    ['bvlc-alexnet.caffemodel', 'bvlc-alexnet', 'BGR', ['the network has its name']],
    ['bvlc_alexnet.npy', 'kratzert', 'BGR', ['its tensors have such names']],
    ['keras-bn.h5', 'uestcsongtaoli', 'RGB', []],
    ['keras-bn.weights.h5', 'uestcsongtaoli', 'RGB', []],
  ])('tells the network of %s: %s, with its preprocessing', async (file, id, channels, evidence) => {
    const { variant, classes, width, evidence: told } = await readCheckpoint(goldenFile(file));
    expect({ id: variant.id, channels: variant.preprocessing.channels, classes, width }).toEqual({
      id,
      channels,
      ...narrow,
    });
    expect(told).toEqual(evidence);
  });

  it('reads bytes, a source and a Blob alike', async () => {
    const file = goldenFile('torchvision.safetensors');
    const blob = new Blob([file]);
    const all = [await readCheckpoint(file), await readCheckpoint(blobSource(blob)), await readCheckpoint(blob)];
    const sums = all.map(({ weights }) => weights.get('fc6.weight')!.data.reduce((sum, x) => sum + x, 0));
    expect(new Set(sums).size).toBe(1);
  });

  it('reads what was written of every variant, with the variant that it names', async () => {
    const { graph } = createVariant('guerzhoy', narrow);
    const weights = seededWeights(graph, 3);
    const file = concatBytes(writeSafetensors(weights, { metadata: { variant: 'guerzhoy' } }));
    const read = await readCheckpoint(file);
    expect(read.variant.id).toBe('guerzhoy');
    expect(read.weights).toEqual(weights);
    await expect(readCheckpoint(concatBytes(writeSafetensors(weights)))).rejects.toThrow(/fit 6 networks/);
  });

  it.each([
    { why: 'as they say', id: 'torchvision', inputSize: '64', size: 64 },
    { why: 'usual where the tensors would be others', id: 'cifar10', inputSize: '64', size: 32 },
    { why: 'usual where there is no such size', id: 'torchvision', inputSize: '7', size: 224 },
  ])('takes names of classes and the size of the input from metadata: $why', async ({ id, inputSize, size }) => {
    const weights = seededWeights(createVariant(id, { ...narrow, classes: 2 }).graph, 1);
    const metadata = { variant: id, labels: '["rust","scab"]', inputSize };
    const { labels, variant } = await readCheckpoint(concatBytes(writeSafetensors(weights, { metadata })));
    expect(labels).toEqual(['rust', 'scab']);
    expect(variant.graph.inputs[0]!.shape).toEqual([3, size, size]);
  });

  it('reads the parameters of a graph from a larger file, and says what it did not use', async () => {
    const { graph } = createVariant('textbook', narrow);
    const more = new Map([...seededWeights(graph, 1), ['bn1.scale', { shape: [6], data: new Float32Array(6) }]]);
    const { unused } = await readCheckpoint(concatBytes(writeSafetensors(more)), { graph });
    expect(unused).toEqual(['bn1.scale']);
  });

  it('lists what does not fit the variant that was named', async () => {
    await expect(readCheckpoint(goldenFile('torchvision.pth'), { variant: 'bvlc-alexnet' })).rejects.toMatchObject({
      code: 'invalid-weights',
      message: expect.stringMatching(/conv1\.weight \(features\.0\.weight\) has shape 4x3x11x11, not 96x3x11x11/),
    });
    const asked = readCheckpoint(goldenFile('torchvision.pth'), { variant: 'torchvision', classes: 3 });
    await expect(asked).rejects.toThrow(/fc8\.weight \(classifier\.6\.weight\) has shape 10x256, not 3x256/);
  });

  it("says where batch norm's epsilon is another", async () => {
    const { graph } = createVariant('uestcsongtaoli', narrow);
    const nodes = graph.nodes.map((node) => (node.name === 'bn3' ? { ...node, epsilon: 1e-5 } : node));
    const { differences } = await readCheckpoint(goldenFile('keras-bn.h5'), {
      graph: { ...graph, nodes },
    });
    expect(differences).toEqual(['bn3 has epsilon 0.001 in the file and 0.00001 in the graph']);
  });

  it('needs the network for a format that has no shapes, unless it is as published', async () => {
    const file = goldenFile('deep-compression.net');
    await expect(readCheckpoint(file)).rejects.toMatchObject({ code: 'invalid-file' });
    const { variant, matched } = await readCheckpoint(file, { variant: 'bvlc-alexnet', ...narrow });
    expect([variant.id, matched.length]).toEqual(['bvlc-alexnet', 16]);
  });

  it('says how far it is', async () => {
    const seen: [string, number][] = [];
    await readCheckpoint(goldenFile('keras-bn.h5'), {
      onProgress: ({ parameter, done, total }) => seen.push([parameter, done / total]),
    });
    expect(seen[0]![0]).toBe('conv1.weight');
    expect(seen.at(-1)).toEqual(['bn8.variance', 1]);
  });

  it('stops when it is cancelled', async () => {
    const signal = AbortSignal.abort();
    await expect(readCheckpoint(goldenFile('torchvision.pth'), { signal })).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe.each([
  ['torchvision.safetensors', 'torchvision'],
  ['zoo-bvlcalexnet.onnx', 'onnx-zoo'],
  ['bvlc-alexnet.caffemodel', 'bvlc-alexnet'],
  ['torchvision.pth', 'torchvision'],
])('a damaged %s', (name, variant) => {
  const whole = goldenFile(name);
  const { graph } = createVariant(variant, narrow);

  /** Whether a read succeeds; it may fail, but only with the project's own error. */
  async function survives(bytes: Uint8Array): Promise<boolean> {
    try {
      await readCheckpoint(bytes, { graph });
      return true;
    } catch (error) {
      if (error instanceof AlexNetError) return false;
      throw error;
    }
  }

  it('fails cleanly wherever it is cut', async () => {
    const cuts = [...Array(300).keys(), ...Array.from({ length: 50 }, (_, i) => Math.floor((i / 50) * whole.length))];
    for (const cut of cuts) expect([cut, await survives(whole.subarray(0, cut))]).toEqual([cut, false]);
  });

  it('fails cleanly or reads on when bytes of its structure are wrong', async () => {
    const words = philoxStream([0, 0, 0, 0], [1, name.length], 600);
    const bytes = whole.slice();
    const results = new Set<boolean>();
    for (let i = 0; i < words.length; i += 2) {
      const at = words[i]! % 2000;
      const before = bytes[at]!;
      bytes[at] = words[i + 1]! & 0xff;
      results.add(await survives(bytes));
      bytes[at] = before;
    }
    expect(results).toEqual(new Set([true, false]));
  });
});
