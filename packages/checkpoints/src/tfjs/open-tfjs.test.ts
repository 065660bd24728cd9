import { createVariant, type Shape, seededWeights, sizeOf } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { exportedModel } from '../testing/exported-model.ts';
import { manifest, openModel } from '../testing/tfjs-model.ts';
import { bytesOf, valuesOf } from '../testing/values.ts';

describe("our exporter's model", () => {
  const { graph } = createVariant('bvlc-alexnet', { width: 1 / 32, classes: 3 });
  const weights = seededWeights(graph, 5);
  /** Where an element of our layout is in TensorFlow's: OIHW as HWIO, [out, in] as [in, out], CHW as HWC. */
  function place([out, into, height = 1, width = 1]: Shape, index: number): number {
    const x = index % width;
    const y = Math.floor(index / width) % height;
    const i = Math.floor(index / (width * height)) % into!;
    const o = Math.floor(index / (width * height * into!));
    return ((y * width + x) * into! + i) * out! + o;
  }

  it('gives back every weight, bit for bit', async () => {
    const opened = await exportedModel();
    const image = [8, 6, 6];
    for (const { name, shape } of graph.parameters) {
      const isFirst = name === 'fc6.weight';
      const ours: Shape = isFirst ? [shape[0]!, ...image] : shape;
      const got = new Float32Array(
        (await opened.tensors.get(isFirst ? 'fc6.weight/hwc8x6x6' : name)!.read(0, sizeOf(shape))).slice().buffer,
      );
      const { data } = weights.get(name)!;
      const want = new Float32Array(data.length);
      for (let i = 0; i < data.length; i++) want[shape.length === 1 ? i : place(ours, i)] = data[i]!;
      expect([name, Buffer.compare(bytesOf(got), bytesOf(want))]).toEqual([name, 0]);
    }
  });

  it('reads parts of a convolution with groups', async () => {
    const opened = await exportedModel();
    const whole = await valuesOf(opened, 'conv2.weight');
    expect(whole.length).toBe(5 * 5 * 2 * 8);
    expect(await valuesOf(opened, 'conv2.weight', 13, 30)).toEqual(whole.slice(13, 30));
    expect(await valuesOf(opened, 'conv2.weight', 5, 5)).toEqual([]);
  });

  it('has the layers in order, with groups, and says what the exporter told', async () => {
    const { layers, metadata, others, layout } = await exportedModel();
    const named = (name: string, layer: string) => ({ name, weight: `${layer}.weight`, bias: `${layer}.bias` });
    expect(layers).toEqual([
      { ...named('relu1', 'conv1'), op: 'conv2d' },
      { ...named('relu2', 'conv2'), op: 'conv2d', groups: 2 },
      { ...named('relu3', 'conv3'), op: 'conv2d' },
      { ...named('relu4', 'conv4'), op: 'conv2d', groups: 2 },
      { ...named('relu5', 'conv5'), op: 'conv2d', groups: 2 },
      { ...named('relu6', 'fc6'), op: 'linear', weight: 'fc6.weight/hwc8x6x6' },
      { ...named('relu7', 'fc7'), op: 'linear' },
      { ...named('fc8', 'fc8'), op: 'linear' },
    ]);
    expect(metadata).toEqual({
      format: 'graph-model',
      generatedBy: '@alexnet/backend-tfjs',
      graph: 'bvlc-alexnet',
      variant: 'bvlc-alexnet',
    });
    expect(others).toEqual([]);
    expect(layout).toEqual({ conv: 'HWIO', linear: 'IO', flatten: 'HWC' });
  });
});

describe('a model.json', () => {
  const one = { name: 'a', shape: [2], dtype: 'float32' };
  const shards = { 'w.bin': new Uint8Array(8) };
  it.each<{ why: string; model: unknown; message: RegExp; code?: string }>([
    { why: 'that is no JSON', model: '{"weightsManifest": [', message: /not valid JSON.*character 21/ },
    { why: 'with a key twice', model: '{"weightsManifest": [], "weightsManifest": []}', message: /occurs twice/ },
    { why: 'that is a list', model: [], message: /not a JSON object/ },
    { why: 'without a manifest', model: {}, message: /no list of weights/ },
    {
      why: 'without its shard',
      model: manifest([one], ['v.bin']),
      message: /v\.bin, which is not there/,
      code: 'invalid-input',
    },
    { why: 'with a shard above it', model: manifest([one], ['../w.bin']), message: /leaves the model's folder/ },
    {
      why: 'with a shard elsewhere',
      model: manifest([one], ['https://x/w.bin']),
      message: /leaves the model's folder/,
    },
    {
      why: 'with a shard too short',
      model: manifest([{ ...one, shape: [3] }]),
      message: /take 12 bytes, and their files have 8/,
    },
    {
      why: 'with a shard too long',
      model: manifest([{ ...one, shape: [1] }]),
      message: /take 4 bytes, and their files have 8/,
    },
    { why: 'with a weight twice', model: manifest([one, one]), message: /occurs twice/ },
    {
      why: 'with a shape of more than can be',
      model: manifest([{ ...one, shape: [2 ** 40, 2 ** 40] }]),
      message: /more elements/,
    },
    { why: 'with a negative shape', model: manifest([{ ...one, shape: [-2] }]), message: /whole numbers/ },
    { why: 'with a shape that is none', model: manifest([{ ...one, shape: '2' }]), message: /whole numbers/ },
    { why: 'with texts', model: manifest([{ ...one, dtype: 'string' }]), message: /"string" is not read/ },
    { why: 'with a type of every object', model: manifest([{ ...one, dtype: 'constructor' }]), message: /is not read/ },
    {
      why: 'with a scale that is no number',
      model: manifest([{ ...one, quantization: { dtype: 'uint8', scale: null, min: 0 } }]),
      message: /no finite scale/,
    },
    {
      why: 'with an unknown quantization',
      model: manifest([{ ...one, quantization: { dtype: 'q4' } }]),
      message: /"q4" is not known/,
    },
    {
      why: 'with a node twice',
      model: {
        ...manifest([one]),
        modelTopology: {
          node: [
            { name: 'a', op: 'Const' },
            { name: 'a', op: 'Const' },
          ],
        },
      },
      message: /node occurs twice/,
    },
  ])('$why is refused', async ({ model, message, code = 'invalid-file' }) => {
    await expect(openModel(model, shards)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('may have weights and no topology', async () => {
    const file = await openModel(manifest([one]), shards);
    expect([...file.tensors.keys()]).toEqual(['a']);
    expect(file.layers).toBeUndefined();
  });
});
