import { readFileSync } from 'node:fs';
import { onnxNodeProvider, onnxWebProvider } from '@alexnet/backend-onnx';
import { tfjsProvider } from '@alexnet/backend-tfjs';
import { readCheckpoint } from '@alexnet/checkpoints';
import { asWeights, createVariant, readSafetensors, referenceProvider, type Tensor, toFloat64 } from '@alexnet/core';
import { describe, expect, it } from 'vitest';

/*
 * Networks that PyTorch, ONNX, Caffe, NumPy, Keras and Deep Compression wrote, run by every backend: every layer against what PyTorch
 * computed in float64, or Keras in float32.
 */

const fixture = (name: string) =>
  readFileSync(new URL(`../../../packages/checkpoints/fixtures/${name}`, import.meta.url));

/** float32 against float64 through up to 21 layers; PyTorch's own float32 differs by as much. */
const bound = 5e-6;

const nets = [
  { file: 'torchvision.safetensors', variant: 'torchvision', net: 'torchvision' },
  { file: 'torchvision.onnx', variant: 'torchvision', net: 'torchvision' },
  { file: 'zoo-bvlcalexnet.onnx', variant: 'onnx-zoo', net: 'zoo-bvlcalexnet', picture: 'bvlc-alexnet' },
  { file: 'bvlc-alexnet.caffemodel', variant: 'bvlc-alexnet', net: 'bvlc-alexnet' },
  { file: 'bvlc_alexnet.npy', variant: 'kratzert', net: 'bvlc-alexnet' },
  { file: 'caffenet.caffemodel', variant: 'caffenet', net: 'caffenet', picture: 'bvlc-alexnet' },
  { file: 'deep-compression.net', variant: 'bvlc-alexnet', net: 'deep-compression', picture: 'bvlc-alexnet' },
  // what is expected has an error of its own, which may go the other way
  { file: 'keras-bn.h5', variant: 'uestcsongtaoli', net: 'keras-bn', bound: 2 * bound },
];

const providers = [referenceProvider(), onnxNodeProvider(), onnxWebProvider(), tfjsProvider({ engine: 'wasm' })].map(
  (provider) => ({ id: provider.id, provider }),
);

describe.each(nets)('$file', ({ file, variant, net, picture = net, bound: most = bound }) => {
  it.each(providers)('gives the expected layers on $id', async ({ provider }) => {
    const { graph } = createVariant(variant, { width: 1 / 16, classes: 10 });
    const { weights } = await readCheckpoint(fixture(file), { graph });
    const { tensors, metadata } = readSafetensors(fixture(`${net}.expected.safetensors`));
    const input = cropped(
      asWeights(readSafetensors(fixture(`${picture}.expected.safetensors`))).get('input')!,
      graph.inputs[0]!.shape[1]!,
    );
    const layers = [...tensors.keys()].filter((name) => name !== 'input');
    expect(layers.length).toBeGreaterThan(15);

    await using backend = await provider.create();
    await using program = await backend.compile(graph, weights, { outputs: layers });
    const outputs = await program.run({ input });
    const errors = layers.map((layer) => {
      const want = toFloat64(tensors.get(layer)!);
      const { data } = outputs[layer]!;
      // of large layers the file has every n-th value
      const got = want.length === data.length ? data : data.filter((_, i) => i % Number(metadata['every']) === 0);
      expect([layer, got.length]).toEqual([layer, want.length]);
      const largest = want.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
      return [layer, want.reduce((max, x, i) => Math.max(max, Math.abs(x - got[i]!)), 0) / largest] as const;
    });
    expect(errors.filter(([, error]) => !(error < most))).toEqual([]);
  });
});

/** The upper left part of an image: the zoo's network was given that of the picture for the others. */
function cropped({ shape, data }: Tensor, size: number): Tensor {
  const [, , height, width] = shape as [number, number, number, number];
  const inside = data.filter((_, i) => i % width < size && Math.floor(i / width) % height < size);
  return { shape: [1, 3, size, size], data: inside };
}
