import { evaluate, type Tensor } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import type { Network } from '../../classify/network.ts';
import { narrowNet } from '../../classify/testing/weight-files.ts';
import { readFiles } from '../../classify/weights/read-files.ts';
import { headOf } from '../head/head-of.ts';
import { fileNameOf, savedFile } from './saved-file.ts';
import { taughtNetwork } from './taught-network.ts';

const names = ['a red one', 'Größe "2"', '猫'];

/** A head of three classes whose every weight is another. */
function taught(id: string): Network {
  const { variant, weights } = narrowNet(id);
  const base: Network = { name: 'base', variant, weights, labels: undefined, facts: [], warnings: [] };
  const { features } = headOf(variant.graph);
  const filled = (...shape: number[]): Tensor => {
    const size = shape.reduce((a, b) => a * b);
    return { shape, data: Float32Array.from({ length: size }, (_, i) => Math.sin(i) / 300) };
  };
  return taughtNetwork(base, { classes: names, weight: filled(3, features), bias: filled(3) });
}

async function read(network: Network): Promise<Network> {
  const file = new File([savedFile(network)], 'mine.safetensors');
  const result = await readFiles([{ path: file.name, file }]);
  if (result.kind !== 'network') throw new Error(result.message);
  return result.network;
}

describe('a taught network that was saved', () => {
  it.each(['torchvision', 'bvlc-alexnet', 'caffenet', 'eweill', 'paper'])(
    'is read as it was, with the names of its classes: %s',
    async (id) => {
      const network = taught(id);
      const again = await read(network);
      expect(again.labels).toEqual(names);
      expect(again.variant.id).toBe(id);
      expect(again.variant.graph).toEqual(network.variant.graph);
      expect(again.variant.preprocessing).toEqual(network.variant.preprocessing);
      expect(again.weights).toEqual(network.weights);
    },
  );

  it('computes the new head of what the network made before, also through a batch norm', () => {
    const { variant, weights } = taught('eweill');
    const { reads, weight, bias } = headOf(variant.graph);
    const { shape } = variant.graph.inputs[0]!;
    const size = shape.reduce((a, b) => a * b);
    const input = { shape: [1, ...shape], data: Float32Array.from({ length: size }, (_, i) => (i * 37) % 256) };
    const values = evaluate(variant.graph, weights, { input }, { outputs: [reads, 'prob'] });
    const features = values.get(reads)!.data;
    const scores = names.map((_, c) => {
      const row = weights.get(weight)!.data.subarray(c * features.length, (c + 1) * features.length);
      return features.reduce((sum, x, i) => sum + x * row[i]!, weights.get(bias)!.data[c]!);
    });
    const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
    for (const [c, score] of scores.entries())
      expect(values.get('prob')!.data[c]).toBeCloseTo(Math.exp(score) / sum, 5);
  });

  it('has a name after its classes, which every file system takes', () => {
    expect(fileNameOf(taught('torchvision'))).toBe('a-red-one-größe-2-猫.safetensors');
    expect(fileNameOf({ ...taught('torchvision'), labels: ['?', '/'] })).toBe('network.safetensors');
  });
});
