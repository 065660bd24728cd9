import { buildGraph, type GraphBuilder } from '../graph/builder.ts';
import { greyUnitRange, unitRange } from '../preprocess/presets.ts';
import { kerasEpsilon } from './keras.ts';
import type { VariantDefinition } from './variant.ts';

/**
 * AlexNet for small images: conv1 without stride, 2x2 pooling, wider towards the end, batch norm everywhere.
 * Zero padding and SAME both apply from conv3 on, so maps grow by 2. At 28 it takes one grey channel (MNIST).
 */
export const eweill: VariantDefinition = {
  id: 'eweill',
  title: 'keras-deepcv AlexNet for small images',
  source: 'eweill/keras-deepcv, 2017',
  classes: 10,
  labels: 'cifar10',
  inputSize: 32,
  inputSizes: [28, 32, 224],
  otherLabelsAt: [28],
  publishedOutput: 'probabilities',
  parameters: 78_990_642,
  macs: 1_369_513_984,
  reported: 'none',
  recipe: {
    optimizer: 'RMSprop, rate 1e-4, rate decay 1e-6',
    batchSize: 128,
    epochs: 20,
    initialisation: 'Glorot uniform',
    augmentation: ['shift 0.1', 'horizontal flip'],
  },
  preprocessing: (size) => (size === 28 ? greyUnitRange(size) : unitRange(size)),
  build({ classes, inputSize, wide }) {
    const block = (layers: GraphBuilder, n: number, channels: number, kernel: number) =>
      layers
        .conv2d(`conv${n}`, wide(channels), kernel, { pads: (kernel - 1) / 2 })
        .batchNorm(`bn${n}`, kerasEpsilon)
        .relu(`relu${n}`);
    const hidden = (layers: GraphBuilder, n: number, features: number) =>
      layers
        .linear(`fc${n}`, wide(features))
        .batchNorm(`bn${n}`, kerasEpsilon)
        .relu(`relu${n}`)
        .dropout(`dropout${n}`, 0.5);
    const pool = (layers: GraphBuilder, n: number) => layers.maxPool2d(`pool${n}`, 2, { stride: 2 });

    let layers = buildGraph('eweill', { name: 'input', shape: [inputSize === 28 ? 1 : 3, inputSize, inputSize] });
    layers = pool(block(layers, 1, 96, 11), 1);
    layers = pool(block(layers, 2, 256, 5), 2);
    layers = pool(block(layers.pad2d('pad3', 1), 3, 512, 3), 3);
    layers = block(layers.pad2d('pad4', 1), 4, 1024, 3);
    layers = pool(block(layers.pad2d('pad5', 1), 5, 1024, 3), 5);
    layers = hidden(hidden(layers.flatten('flatten'), 6, 3072), 7, 4096);
    return layers.linear('fc8', classes).batchNorm('bn8', kerasEpsilon).softmax('prob').build();
  },
};
