import {
  concatBytes,
  createVariant,
  seededWeights,
  type Tensor,
  type Variant,
  type Weights,
  writeSafetensors,
} from '@alexnet/core';
import { writeWeights } from '@alexnet/core/files';

/*
 * Weight files for tests; those that a framework wrote are @alexnet/checkpoints' own.
 */

export { goldenFile } from '@alexnet/checkpoints/testing';

/** One sixteenth as wide as the published networks, as the files of @alexnet/checkpoints are. */
const narrow = { width: 1 / 16, classes: 10 };

/** A network with generated weights. Those of the last layer are small: else the softmax of an image from 0 to 255 would be 1 and zeros. */
export function narrowNet(id: string): { readonly variant: Variant; readonly weights: Weights } {
  const variant = createVariant(id, narrow);
  const weights = new Map(seededWeights(variant.graph, 7));
  const { shape, data } = weights.get('fc8.weight')!;
  return { variant, weights: weights.set('fc8.weight', { shape, data: data.map((value) => value / 300) }) };
}

/** A native folder, by file name. */
export async function nativeFolder({
  variant,
  weights,
}: ReturnType<typeof narrowNet>): Promise<Map<string, Uint8Array>> {
  const dimensions = { ...narrow, inputSize: variant.graph.inputs[0]!.shape[1]! };
  const files = new Map<string, Uint8Array>();
  for await (const { name, data } of writeWeights({ variant, dimensions, weights, precision: 'f32' })) {
    files.set(name, data);
  }
  return files;
}

/** BVLC AlexNet's tensors under our names, in a file that says nothing else: other networks have the same. */
export function unclearFile(change: (tensor: Tensor, name: string) => Tensor = (tensor) => tensor): Uint8Array {
  const { weights } = narrowNet('bvlc-alexnet');
  const changed = new Map([...weights].map(([name, tensor]) => [name, change(tensor, name)]));
  return concatBytes(writeSafetensors(changed));
}

/** The same, with a NaN and an infinity in the first bias. */
export function brokenFile(): Uint8Array {
  return unclearFile(({ shape, data }, name) => ({
    shape,
    data: name === 'conv1.bias' ? data.map((value, i) => [NaN, Infinity][i] ?? value) : data,
  }));
}
