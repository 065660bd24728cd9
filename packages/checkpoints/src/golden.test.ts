import { readFileSync } from 'node:fs';
import { asWeights, createVariant, evaluate, readSafetensors, toFloat64 } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { externalFiles, readOnnx } from './onnx/read-onnx.ts';
import { readCheckpoint } from './read-checkpoint.ts';

/*
 * Checkpoints written by PyTorch and ONNX, one sixteenth as wide as the published nets, each with every layer's output as PyTorch
 * computed it in float64. `tools/python/cut_golden.py` made the expected files small.
 */

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));
const narrow = { width: 1 / 16, classes: 10 };

/** What the external-data copy of the zoo's model keeps beside it: the inline copy's initializers, one after the other. */
function zooExternalData(): Uint8Array {
  const names = ['conv1', 'conv2', 'conv3', 'conv4', 'conv5', 'fc6', 'fc7', 'fc8'];
  const { tensors } = readOnnx(fixture('zoo-bvlcalexnet.onnx'));
  const parts = names.flatMap((layer) => [tensors.get(`${layer}_w_0`)!.data, tensors.get(`${layer}_b_0`)!.data]);
  parts.splice(10, 0, new Uint8Array(16)); // the target shape of a Reshape lies between conv5 and fc6
  return new Uint8Array(Buffer.concat(parts));
}

const external = new Map([['zoo-bvlcalexnet-external.data', zooExternalData()]]);

describe.each([
  {
    file: 'torchvision.safetensors',
    variant: 'torchvision',
    expected: 'torchvision.expected.safetensors',
    told: { format: 'safetensors', convention: 'torchvision', unused: [] },
    layers: 19,
  },
  {
    file: 'torchvision.onnx',
    variant: 'torchvision',
    expected: 'torchvision.expected.safetensors',
    told: { format: 'onnx', convention: 'torchvision', unused: [] },
    layers: 19,
  },
  {
    file: 'zoo-bvlcalexnet.onnx',
    variant: 'onnx-zoo',
    expected: 'zoo-bvlcalexnet.expected.safetensors',
    told: { format: 'onnx', convention: 'onnx-zoo', unused: ['OC2_DUMMY_1'] },
    layers: 21,
  },
  {
    file: 'zoo-bvlcalexnet-external.onnx',
    variant: 'onnx-zoo',
    expected: 'zoo-bvlcalexnet.expected.safetensors',
    told: { format: 'onnx', convention: 'onnx-zoo', unused: ['OC2_DUMMY_1'] },
    layers: 21,
  },
])('$file', ({ file, variant, expected, told, layers }) => {
  const { graph } = createVariant(variant, narrow);
  const read = () => readCheckpoint(fixture(file), { graph, external });

  it('is recognised by its content, and every tensor is accounted for', () => {
    const { weights, ...rest } = read();
    expect(rest).toEqual(told);
    expect([...weights.keys()]).toEqual(graph.parameters.map(({ name }) => name));
  });

  it("gives every layer's output in the oracle as PyTorch computed it", () => {
    const golden = readSafetensors(fixture(expected));
    const input = asWeights(golden).get('input')!;
    const names = [...golden.tensors.keys()].filter((name) => name !== 'input');
    expect(names.length).toBe(layers);
    const values = evaluate(graph, read().weights, { input }, { outputs: names });
    const errors = names.map((name) => {
      const stored = golden.tensors.get(name)!;
      const got = values.get(name)!;
      const same = got.shape.join() === stored.shape.join();
      return [name, same ? relativeError(got.data, toFloat64(stored)) : Number.POSITIVE_INFINITY] as const;
    });
    expect(errors.filter(([, error]) => !(error < 1e-9))).toEqual([]);
  });
});

/** The largest difference, relative to the largest value of the layer. */
function relativeError(got: Float64Array, want: Float64Array): number {
  const scale = want.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return want.reduce((most, v, i) => Math.max(most, Math.abs(v - got[i]!)), 0) / scale;
}

describe('the external-data copy of the model zoo', () => {
  const model = fixture('zoo-bvlcalexnet-external.onnx');
  const { graph } = createVariant('onnx-zoo', narrow);

  it('names the files that it needs', () => {
    expect(externalFiles(model)).toEqual(['zoo-bvlcalexnet-external.data']);
    expect(externalFiles(fixture('zoo-bvlcalexnet.onnx'))).toEqual([]);
  });

  it('says which file is missing', () => {
    expect(() => readCheckpoint(model, { graph })).toThrow(/in the file zoo-bvlcalexnet-external\.data, which was not/);
  });

  it('says which range lies outside of a file that was cut off', () => {
    const cut = new Map([['zoo-bvlcalexnet-external.data', zooExternalData().subarray(0, 909_240)]]);
    expect(() => readCheckpoint(model, { graph, external: cut })).toThrow(
      /909232 to 909272 lies outside of .* 909240 bytes \(initializer "fc8_b_0"\)/,
    );
  });
});
