import { concatBytes, readSafetensors, sizeOf } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { torchLayout } from '../checkpoint-file.ts';
import { goldenFile } from '../testing/golden-file.ts';
import { openModel as open } from '../testing/open-model.ts';

describe('the golden files', () => {
  it('torchvision.onnx has the tensors of the same network in safetensors, and its layers', async () => {
    const { tensors, layers, metadata, layout, format } = await open(goldenFile('torchvision.onnx'));
    const want = readSafetensors(goldenFile('torchvision.safetensors'));
    for (const [name, { dtype, shape, data }] of want.tensors) {
      const got = tensors.get(name)!;
      expect([name, got.dtype, got.shape]).toEqual([name, dtype, shape]);
      expect(Buffer.compare(await got.read(0, sizeOf(shape)), data)).toBe(0);
    }
    expect(layers?.map(({ name, op, weight }) => [name, op, weight])).toEqual([
      ['/features/features.0/Conv', 'conv2d', 'features.0.weight'],
      ['/features/features.3/Conv', 'conv2d', 'features.3.weight'],
      ['/features/features.6/Conv', 'conv2d', 'features.6.weight'],
      ['/features/features.8/Conv', 'conv2d', 'features.8.weight'],
      ['/features/features.10/Conv', 'conv2d', 'features.10.weight'],
      ['/classifier/classifier.1/Gemm', 'linear', 'classifier.1.weight'],
      ['/classifier/classifier.4/Gemm', 'linear', 'classifier.4.weight'],
      ['/classifier/classifier.6/Gemm', 'linear', 'classifier.6.weight'],
    ]);
    expect([format, layout, metadata['producer']]).toEqual(['onnx', torchLayout, 'pytorch']);
  });

  it("the model zoo's tells groups, and finds its tensors in a file beside it", async () => {
    const inline = await open(goldenFile('zoo-bvlcalexnet.onnx'));
    expect(inline.layers?.map(({ weight, bias, groups }) => [weight, bias, groups])).toEqual([
      ...[1, 2, 1, 2, 2].map((groups, i) => [`conv${i + 1}_w_0`, `conv${i + 1}_b_0`, groups]),
      ...[6, 7, 8].map((i) => [`fc${i}_w_0`, `fc${i}_b_0`, undefined]),
    ]);
    // its tensors one after the other, as onnx.save writes them
    const parts = [...inline.tensors.values()].map(({ shape, read }) => read(0, sizeOf(shape)));
    const beside = { 'zoo-bvlcalexnet-external.data': concatBytes(await Promise.all(parts)) };
    const external = await open(goldenFile('zoo-bvlcalexnet-external.onnx'), beside);
    expect([...external.tensors.keys()]).toEqual([...inline.tensors.keys()]);
    expect(external.layers).toEqual(inline.layers);
    for (const [name, { shape, read }] of inline.tensors) {
      const same = await external.tensors.get(name)!.read(0, sizeOf(shape));
      expect([name, Buffer.compare(same, await read(0, sizeOf(shape)))]).toEqual([name, 0]);
    }
  });
});
