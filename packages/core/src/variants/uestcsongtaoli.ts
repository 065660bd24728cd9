import { buildGraph, type GraphBuilder } from '../graph/builder.ts';
import { unitRange } from '../preprocess/presets.ts';
import { kerasEpsilon } from './keras.ts';
import type { VariantDefinition } from './variant.ts';

/** One tower in Keras with batch norm after every linear op (before the softmax too) and 224 padded to 228. No dropout. */
export const uestcsongtaoli: VariantDefinition = {
  id: 'uestcsongtaoli',
  title: 'Keras AlexNet with batch norm',
  source: 'uestcsongtaoli/AlexNet, 2018',
  classes: 10,
  labels: 'cifar10',
  inputSize: 224,
  inputSizes: [224],
  publishedOutput: 'probabilities',
  parameters: 58_360_626,
  macs: 1_131_201_056,
  reported: 'none',
  recipe: {
    optimizer: 'Adadelta, rate 1.0',
    batchSize: 256,
    epochs: 200,
    initialisation: 'He normal',
    augmentation: ['rotation 40', 'shift 0.2', 'shear 0.2', 'zoom 0.2', 'horizontal flip'],
  },
  preprocessing: unitRange,
  build({ classes, inputSize, wide }) {
    const convolution = (
      layers: GraphBuilder,
      n: number,
      channels: number,
      kernel: number,
      stride: number,
      pads: number,
    ) =>
      layers
        .conv2d(`conv${n}`, wide(channels), kernel, { stride, pads })
        .batchNorm(`bn${n}`, kerasEpsilon)
        .relu(`relu${n}`);
    const hidden = (layers: GraphBuilder, n: number) =>
      layers.linear(`fc${n}`, wide(4096)).batchNorm(`bn${n}`, kerasEpsilon).relu(`relu${n}`);

    let layers = buildGraph('uestcsongtaoli', { name: 'input', shape: [3, inputSize, inputSize] }).pad2d('pad1', 2);
    layers = convolution(layers, 1, 96, 11, 4, 0).maxPool2d('pool1', 3, { stride: 2 });
    layers = convolution(layers, 2, 256, 5, 1, 2).maxPool2d('pool2', 3, { stride: 2 });
    layers = convolution(layers, 3, 384, 3, 1, 1);
    layers = convolution(layers, 4, 384, 3, 1, 1);
    layers = convolution(layers, 5, 256, 3, 1, 1).maxPool2d('pool5', 3, { stride: 2 });
    layers = hidden(hidden(layers.flatten('flatten'), 6), 7);
    return layers.linear('fc8', classes).batchNorm('bn8', kerasEpsilon).softmax('prob').build();
  },
};
