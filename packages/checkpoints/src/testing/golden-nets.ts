import { createVariant, memorySource } from '@alexnet/core';
import type { CheckpointFormat, OpenContext } from '../checkpoint-file.ts';
import { openOnnx } from '../onnx/open-onnx.ts';
import { goldenFile } from './golden-file.ts';

/** A file that a framework wrote, or was laid out as it would. */
export interface GoldenNet {
  readonly file: string;
  readonly variant: string;
  readonly format: CheckpointFormat;
  readonly convention: string;
  readonly unused?: readonly string[];
  readonly others?: readonly string[];
}

/** One sixteenth as wide as the published networks. */
export const narrow = { width: 1 / 16, classes: 10 };

const net = (
  file: string,
  variant: string,
  format: CheckpointFormat,
  convention: string,
  rest: Partial<GoldenNet> = {},
): GoldenNet => ({ file, variant, format, convention, ...rest });

/** Files by the network that they hold, which is how the expected layers are called. */
export const goldenNets: Readonly<Record<string, readonly GoldenNet[]>> = {
  torchvision: [
    net('torchvision.safetensors', 'torchvision', 'safetensors', 'torchvision'),
    net('torchvision.pth', 'torchvision', 'pytorch', 'torchvision'),
    net('torchvision-legacy.pth', 'torchvision', 'pytorch', 'torchvision'),
    net('torchvision-checkpoint.pth.tar', 'torchvision', 'pytorch', 'torchvision', {
      others: ['epoch', 'arch', 'best_acc1'],
    }),
    net('torchvision.onnx', 'torchvision', 'onnx', 'torchvision'),
  ],
  'zoo-bvlcalexnet': [
    net('zoo-bvlcalexnet.onnx', 'onnx-zoo', 'onnx', 'onnx-zoo', { unused: ['OC2_DUMMY_1'] }),
    net('zoo-bvlcalexnet-external.onnx', 'onnx-zoo', 'onnx', 'onnx-zoo', { unused: ['OC2_DUMMY_1'] }),
  ],
  'bvlc-alexnet': [
    net('bvlc-alexnet.caffemodel', 'bvlc-alexnet', 'caffe', 'alexnet'),
    net('bvlc-alexnet-v1.caffemodel', 'bvlc-alexnet', 'caffe', 'alexnet'),
    net('bvlc_alexnet.npy', 'kratzert', 'numpy', 'kratzert'),
    net('bvlc_alexnet-dicts.npy', 'kratzert', 'numpy', 'kratzert'),
  ],
  caffenet: [net('caffenet.caffemodel', 'caffenet', 'caffe', 'alexnet')],
  'deep-compression': [net('deep-compression.net', 'bvlc-alexnet', 'deep-compression', 'alexnet')],
  'keras-bn': [
    net('keras-bn.h5', 'uestcsongtaoli', 'keras', 'keras'),
    net('keras-bn.keras', 'uestcsongtaoli', 'keras', 'keras'),
    net('keras-bn.weights.h5', 'uestcsongtaoli', 'keras', 'keras'),
  ],
};

/** Finds what the external-data copy of the zoo's model keeps beside it. */
export const sibling: NonNullable<OpenContext['sibling']> = async (name) =>
  name === 'zoo-bvlcalexnet-external.data' ? memorySource(await zooExternalData(), name) : undefined;

/** The inline copy's initializers, one after the other. */
export async function zooExternalData(): Promise<Uint8Array> {
  const { graph } = createVariant('onnx-zoo', narrow);
  const { tensors } = await openOnnx(memorySource(goldenFile('zoo-bvlcalexnet.onnx')));
  const parts = await Promise.all(
    graph.parameters.map(({ name, shape }) => {
      const [layer, part] = name.split('.');
      const elements = shape.reduce((product, extent) => product * extent, 1);
      return tensors.get(`${layer}_${part![0]}_0`)!.read(0, elements);
    }),
  );
  parts.splice(10, 0, new Uint8Array(16)); // the target shape of a Reshape lies between conv5 and fc6
  return new Uint8Array(Buffer.concat(parts));
}
