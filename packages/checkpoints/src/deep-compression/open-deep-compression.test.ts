import { buildGraph, createVariant, memorySource, sizeOf } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { type CompressedLayer, netBytes } from '../testing/deep-compression-bytes.ts';
import { goldenFile } from '../testing/golden-file.ts';
import { conv, graph, linear, tiny } from '../testing/small-net.ts';
import { looksLikeDeepCompression } from './detect.ts';
import { publishedNetwork } from './network.ts';
import { openDeepCompression } from './open-deep-compression.ts';

const golden = goldenFile('deep-compression.net');
const { graph: narrow } = createVariant('bvlc-alexnet', { width: 1 / 16, classes: 10 });

async function valuesOf(file: Uint8Array, name: string, context = { graph }): Promise<number[]> {
  const { shape, read } = (await openDeepCompression(memorySource(file), context)).tensors.get(name)!;
  return [...new Float32Array(new Uint8Array(await read(0, sizeOf(shape))).buffer)];
}

/** Zeros, but for some elements. */
function sparse(length: number, elements: Readonly<Record<number, number>>): number[] {
  return Array.from({ length }, (_, i) => elements[i] ?? 0);
}

describe('openDeepCompression', () => {
  it('gives weights that are zero where no entry is, across fillers', async () => {
    expect(await valuesOf(tiny, 'conv1.weight')).toEqual(sparse(12, { 0: 1.5, 5: -2, 11: 1.5 }));
    expect(await valuesOf(tiny, 'fc2.weight')).toEqual(sparse(60, { 1: 3.75, 40: 2, 56: 1, 59: 0.75 }));
    expect(await valuesOf(tiny, 'conv1.bias')).toEqual([3, 4]);
    expect(await valuesOf(tiny, 'fc2.bias')).toEqual([5, 6, 7]);
  });

  it('gives any part, in any order', async () => {
    const { tensors } = await openDeepCompression(memorySource(tiny), { graph });
    const tensor = tensors.get('fc2.weight')!;
    const whole = sparse(60, { 1: 3.75, 40: 2, 56: 1, 59: 0.75 });
    const ranges = [
      [0, 2],
      [2, 40], // goes on
      [40, 41],
      [56, 60],
      [1, 57], // goes back
      [57, 57],
      [41, 60],
    ] as const;
    for (const [from, to] of ranges) {
      expect([from, ...new Float32Array((await tensor.read(from, to)).slice().buffer)]).toEqual([
        from,
        ...whole.slice(from, to),
      ]);
    }
    await expect(tensor.read(0, 61)).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('gives parts of a layer of more entries than are decoded at once', async () => {
    const long = buildGraph('long', { name: 'input', shape: [1, 1, 400_001] })
      .flatten('flatten')
      .linear('fc1', 1)
      .build();
    const entries = Array.from({ length: 200_001 }, (_, i) => [i % 16, i === 0 ? 0 : 1] as const); // elements 0, 2, 4, ...
    const file = netBytes([{ ...linear, biases: [1], entries }]);
    const { read } = (await openDeepCompression(memorySource(file), { graph: long })).tensors.get('fc1.weight')!;
    const want = Float32Array.from({ length: 400_001 }, (_, i) => (i % 2 === 0 ? ((i / 2) % 16) / 4 : 0));
    for (const [from, to] of [
      [0, 262_143],
      [262_143, 400_001],
      [399_999, 400_001],
      [0, 400_001],
    ] as const) {
      expect(Buffer.compare(await read(from, to), new Uint8Array(want.slice(from, to).buffer))).toBe(0);
    }
  });

  it('tells the layers, in the order of the network', async () => {
    const { layers, metadata } = await openDeepCompression(memorySource(golden), { graph: narrow });
    expect(layers).toHaveLength(8);
    expect(layers?.[1]).toEqual({ name: 'conv2', op: 'conv2d', weight: 'conv2.weight', bias: 'conv2.bias', groups: 2 });
    expect(layers?.[7]).toEqual({ name: 'fc8', op: 'linear', weight: 'fc8.weight', bias: 'fc8.bias' });
    expect(metadata).toEqual({ channels: 'BGR' });
  });

  it('gives what a decoder of whole layers, as the authors have it, gives for their format', async () => {
    const { tensors } = await openDeepCompression(memorySource(golden), { graph: narrow });
    const view = new DataView(golden.buffer);
    const float = (at: number) => view.getFloat32(at, true);
    let at = 32;
    for (const [index, node] of narrow.nodes.filter(({ op }) => op === 'conv2d' || op === 'linear').entries()) {
      const size = node.op === 'conv2d' ? 256 : 16;
      const entries = view.getUint32(4 * index, true);
      const weight = tensors.get(`${node.name}.weight`)!;
      const outputs = weight.shape[0]!;
      const codes = at + 4 * size + 4 * outputs;
      const gaps = codes + Math.ceil(size === 256 ? entries : entries / 2);
      const four = (from: number, i: number) => (golden[from + (i >> 1)]! / (i % 2 === 0 ? 1 : 16)) & 15;
      const dense = new Float32Array(sizeOf(weight.shape)).fill(float(at));
      for (let i = 0, element = -1; i < entries; i++) {
        element += four(gaps, i) + 1;
        dense[element] = float(at + 4 * (size === 256 ? golden[codes + i]! : four(codes, i)));
      }
      const [want, got] = [new Uint8Array(dense.buffer), await weight.read(0, dense.length)];
      expect([node.name, Buffer.compare(got, want)]).toEqual([node.name, 0]);
      expect(dense.filter((v) => v !== 0).length / dense.length).toBeCloseTo(size === 256 ? 0.4 : 0.1, 1);
      const bias = await tensors.get(`${node.name}.bias`)!.read(0, outputs);
      expect(Buffer.compare(bias, golden.subarray(at + 4 * size, codes))).toBe(0);
      at = gaps + Math.ceil(entries / 2);
    }
    expect(at).toBe(golden.length);
  });

  it('without a network takes BVLC AlexNet, with the classes that the size tells', async () => {
    const layers = publishedNetwork(37).map(({ op, shape }): CompressedLayer => {
      const biases = Array.from({ length: shape[0]! }, (_, i) => i);
      return { bits: op === 'conv2d' ? 8 : 4, codebook: [0, 1], biases, entries: [[1, 3]] };
    });
    const file = memorySource(netBytes(layers));
    const { tensors } = await openDeepCompression(file);
    expect(tensors.get('fc8.weight')!.shape).toEqual([37, 4096]);
    expect(tensors.get('fc8.bias')!.shape).toEqual([37]);
    expect(new Float32Array((await tensors.get('conv2.weight')!.read(2, 5)).slice().buffer)).toEqual(
      Float32Array.of(0, 1, 0),
    );
    expect(await looksLikeDeepCompression(file)).toBe(true);
  });

  it.each([
    ['a narrow file without a network', golden, undefined, /holds no shapes/],
    ['a file of another network', golden, graph, /one of this network with its counts would have/],
    ['a byte too few', tiny.subarray(1), graph, /would have/],
    ['a byte too many', new Uint8Array([...tiny, 0]), graph, /would have/],
    ['nothing', new Uint8Array(0), graph, /has 0 bytes, fewer than the counts/],
    ['nothing, without a network', new Uint8Array(0), undefined, /holds no shapes/],
    ['counts of 2^32 - 1', new Uint8Array(5000).fill(255), graph, /would have \d{10,}/],
    ['zeros', new Uint8Array(100_000), undefined, /holds no shapes/],
  ])('refuses %s', async (_what, file, network, text) => {
    const context = network === undefined ? {} : { graph: network };
    await expect(openDeepCompression(memorySource(file), context)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(text),
    });
  });

  it('refuses without a network a file whose weights lie outside of their layers', async () => {
    const layers = publishedNetwork(2).map(({ op, shape }): CompressedLayer => {
      const entries = Array.from({ length: op === 'conv2d' ? 3000 : 1 }, () => [1, 15] as const); // conv1 has 34,848 weights
      return { bits: op === 'conv2d' ? 8 : 4, codebook: [0, 1], biases: Array(shape[0]).fill(0), entries };
    });
    await expect(openDeepCompression(memorySource(netBytes(layers)))).rejects.toThrow(/holds no shapes/);
  });

  it('refuses a weight beyond the last element when that is read', async () => {
    const beyond = netBytes([{ ...conv, entries: [...conv.entries, [1, 0]] }, linear]);
    const { tensors } = await openDeepCompression(memorySource(beyond), { graph });
    const { read } = tensors.get('conv1.weight')!;
    await expect(read(0, 12)).rejects.toMatchObject({ code: 'invalid-file', where: 'parameter conv1.weight' });
    await expect(valuesOf(beyond, 'fc2.weight')).resolves.toHaveLength(60);
  });

  it('refuses a network without biases', async () => {
    const nodes = graph.nodes.map((node) => {
      if (node.op !== 'linear') return node;
      const { bias: _, ...rest } = node;
      return rest;
    });
    const context = { graph: { ...graph, nodes } };
    await expect(openDeepCompression(memorySource(tiny), context)).rejects.toMatchObject({
      code: 'invalid-input',
      where: 'node fc2',
    });
  });
});
