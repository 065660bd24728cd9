import { createVariant, evaluate, memorySource, type Tensor } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from './open-checkpoint.ts';
import { readCheckpoint } from './read-checkpoint.ts';
import { expectedLayers, relativeError } from './testing/expected-layers.ts';
import { goldenFile } from './testing/golden-file.ts';
import { goldenNets, narrow, sibling, zooExternalData } from './testing/golden-nets.ts';

/*
 * Checkpoints as PyTorch, ONNX, Caffe, NumPy, Keras and Deep Compression have them, one sixteenth as wide as the published nets, each with
 * every layer's output as PyTorch computed it in float64.
 */

/**
 * Float64 against float64, in another order. Keras computed in float32, unit roundoff 6e-8: its longest sums have 576 products, which are off
 * by some sqrt(576) roundoffs, 1.4e-6, and a few layers add up. A wrong epsilon or layout is off by more than 1e-4.
 */
const boundOf = (net: string) => (net === 'keras-bn' ? 4e-6 : 1e-9);

const nets = Object.entries(goldenNets).map(([net, files]) => ({ net, files }));

describe.each(nets)('$net', ({ net, files }) => {
  const read = ({ file, variant }: (typeof files)[number]) =>
    readCheckpoint(goldenFile(file), { variant, ...(net === 'deep-compression' ? narrow : {}), sibling });

  it.each(files)('$file is recognised by its content, and every tensor is accounted for', async (golden) => {
    const { graph } = createVariant(golden.variant, narrow);
    const { format, convention, unused, others, weights, matched, width, classes, differences } = await read(golden);
    expect({ format, convention, unused, others }).toEqual({
      format: golden.format,
      convention: golden.convention,
      unused: golden.unused ?? [],
      others: golden.others ?? [],
    });
    expect({ width, classes, differences }).toEqual({ ...narrow, differences: [] });
    expect([...weights.keys()]).toEqual(graph.parameters.map(({ name }) => name));
    expect(matched.map(({ parameter }) => parameter)).toHaveLength(graph.parameters.length);
  });

  it('gives every layer in the oracle as it was computed', async () => {
    const [first] = files as [(typeof files)[number]];
    const { graph } = createVariant(first.variant, narrow);
    const { input, layers, pick } = expectedLayers(net, graph.inputs[0]!.shape[1]!);
    expect(layers.size).toBeGreaterThan(18);
    const { weights } = await read(first);
    const values = evaluate(graph, weights, { input }, { outputs: [...layers.keys()] });
    const errors = [...layers].map(([name, want]) => [name, relativeError(pick(name, values.get(name)!.data), want)]);
    expect(errors.filter(([, error]) => !((error as number) < boundOf(net)))).toEqual([]);
  });

  it('is the same in all files', async () => {
    const [first, ...others] = await Promise.all(files.map(async (golden) => (await read(golden)).weights));
    for (const [name, tensor] of first!) {
      expect(others.filter((other) => !sameBits(tensor, other.get(name)!))).toEqual([]);
    }
  });
});

function sameBits(a: Tensor, b: Tensor): boolean {
  const [left, right] = [a, b].map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return a.shape.join() === b.shape.join() && left!.equals(right!);
}

describe('the external-data copy of the model zoo', () => {
  const model = goldenFile('zoo-bvlcalexnet-external.onnx');

  it('says which file is missing', async () => {
    await expect(openCheckpoint(model)).rejects.toThrow(/in the file zoo-bvlcalexnet-external\.data, which is not/);
  });

  it('says which range lies outside of a file that was cut off', async () => {
    const data = memorySource((await zooExternalData()).subarray(0, 909_240));
    await expect(openCheckpoint(model, { sibling: async () => data })).rejects.toThrow(
      /909232 to 909272 lies outside of .* 909240 bytes \(initializer "fc8_b_0"\)/,
    );
  });
});
