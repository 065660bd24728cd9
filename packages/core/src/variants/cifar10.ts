import { buildGraph, type GraphBuilder } from '../graph/builder.ts';
import { cifar10 as preprocessing } from '../preprocess/presets.ts';
import type { VariantDefinition } from './variant.ts';

/**
 * The small AlexNet that this project trains: five convolutions, of which three are pooled with overlap, and three linear layers. A picture
 * of 32 pixels has none to give away, so that the first pooling comes after the second convolution. Where there is pooling it comes before
 * batch norm and ReLU, as in cuda-convnet2's networks: the maximum commutes with ReLU, and a quarter of the values is left to normalise.
 */
export const cifar10: VariantDefinition = {
  id: 'cifar10',
  title: 'Small AlexNet for CIFAR-10',
  source: 'the alexnet authors, 2026',
  classes: 10,
  labels: 'cifar10',
  inputSize: 32,
  inputSizes: { atLeast: 16 },
  publishedOutput: 'probabilities',
  parameters: 2_349_994,
  macs: 138_840_576,
  reported: 'see the results of this project',
  recipe: {
    optimizer: 'SGD, rate 0.1 to 0 along a cosine, momentum 0.9, weight decay 5e-4 on weights alone',
    batchSize: 128,
    epochs: 19,
    initialisation: 'He normal',
    augmentation: ['random crop, 4 reflected pixels of padding', 'horizontal flip'],
  },
  preprocessing,
  build({ classes, inputSize, wide }) {
    const epsilon = 1e-5;
    const convolution = (layers: GraphBuilder, n: number, channels: number, pooled: boolean) => {
      const values = layers.conv2d(`conv${n}`, wide(channels), 3, { pads: 1 });
      const kept = pooled ? values.maxPool2d(`pool${n}`, 3, { stride: 2, ceilMode: true }) : values;
      return kept.batchNorm(`bn${n}`, epsilon).relu(`relu${n}`);
    };
    const hidden = (layers: GraphBuilder, n: number) =>
      layers.linear(`fc${n}`, wide(256)).batchNorm(`bn${n}`, epsilon).relu(`relu${n}`).dropout(`dropout${n}`, 0.3);

    let layers = buildGraph('cifar10', { name: 'input', shape: [3, inputSize, inputSize] });
    layers = convolution(layers, 1, 32, false);
    layers = convolution(layers, 2, 96, true);
    layers = convolution(layers, 3, 192, true);
    layers = convolution(layers, 4, 256, false);
    layers = convolution(layers, 5, 256, true);
    layers = hidden(hidden(layers.flatten('flatten'), 6), 7);
    return layers.linear('fc8', classes).softmax('prob').build();
  },
};
