import { readFileSync } from 'node:fs';
import { onnxNodeProvider, onnxWebProvider } from '@alexnet/backend-onnx';
import { readCheckpoint } from '@alexnet/checkpoints';
import { asWeights, createVariant, readSafetensors, referenceProvider, toFloat64 } from '@alexnet/core';
import { describe, expect, it } from 'vitest';

/*
 * Networks that PyTorch and ONNX wrote, run by every backend: every layer against what PyTorch computed in float64.
 */

const fixture = (name: string) =>
  readFileSync(new URL(`../../../packages/checkpoints/fixtures/${name}`, import.meta.url));

const nets = [
  { file: 'torchvision.safetensors', variant: 'torchvision', expected: 'torchvision.expected.safetensors' },
  { file: 'torchvision.onnx', variant: 'torchvision', expected: 'torchvision.expected.safetensors' },
  { file: 'zoo-bvlcalexnet.onnx', variant: 'onnx-zoo', expected: 'zoo-bvlcalexnet.expected.safetensors' },
];

const providers = [referenceProvider(), onnxNodeProvider(), onnxWebProvider()].map((provider) => ({
  id: provider.id,
  provider,
}));

describe.each(nets)('$file', ({ file, variant, expected }) => {
  it.each(providers)('gives the layers of PyTorch on $id', async ({ provider }) => {
    const { graph } = createVariant(variant, { width: 1 / 16, classes: 10 });
    const { weights } = readCheckpoint(fixture(file), { graph });
    const golden = readSafetensors(fixture(expected));
    const input = asWeights(golden).get('input')!;
    const layers = [...golden.tensors.keys()].filter((name) => name !== 'input');
    expect(layers.length).toBeGreaterThan(15);

    await using backend = await provider.create();
    await using program = await backend.compile(graph, weights, { outputs: layers });
    const outputs = await program.run({ input });
    const errors = layers.map((layer) => {
      const want = toFloat64(golden.tensors.get(layer)!);
      const largest = want.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
      return [
        layer,
        want.reduce((max, x, i) => Math.max(max, Math.abs(x - outputs[layer]!.data[i]!)), 0) / largest,
      ] as const;
    });
    // float32 against float64 through up to 21 layers; PyTorch's own float32 differs by as much
    expect(errors.filter(([, error]) => !(error < 5e-6))).toEqual([]);
  });
});
