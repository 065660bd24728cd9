import { buildGraph } from '../graph/builder.ts';
import { torchvision as preprocessing } from '../preprocess/presets.ts';
import type { VariantDefinition } from './variant.ts';

/** The one-tower network of "One weird trick", as torchvision has it: no normalisation, dropout before the hidden layers. */
export const torchvision: VariantDefinition = {
  id: 'torchvision',
  title: 'torchvision AlexNet',
  source: 'pytorch/vision torchvision.models.alexnet, 2016; Krizhevsky: One weird trick, arXiv:1404.5997',
  classes: 1000,
  labels: 'imagenet',
  inputSize: 224,
  inputSizes: { atLeast: 63 },
  publishedOutput: 'logits',
  parameters: 61_100_840,
  macs: 714_188_480,
  reported: 'ILSVRC-2012 validation top-1 56.522 %, top-5 79.066 %',
  recipe: {
    optimizer: 'SGD, momentum 0.9, weight decay 1e-4, rate 0.01 times 0.1 every 30 epochs',
    batchSize: 256,
    epochs: 90,
    augmentation: ['random resized crop', 'horizontal flip'],
  },
  preprocessing,
  build: ({ classes, inputSize, wide }) =>
    buildGraph('torchvision', { name: 'input', shape: [3, inputSize, inputSize] })
      .conv2d('conv1', wide(64), 11, { stride: 4, pads: 2 })
      .relu('relu1')
      .maxPool2d('pool1', 3, { stride: 2 })
      .conv2d('conv2', wide(192), 5, { pads: 2 })
      .relu('relu2')
      .maxPool2d('pool2', 3, { stride: 2 })
      .conv2d('conv3', wide(384), 3, { pads: 1 })
      .relu('relu3')
      .conv2d('conv4', wide(256), 3, { pads: 1 })
      .relu('relu4')
      .conv2d('conv5', wide(256), 3, { pads: 1 })
      .relu('relu5')
      .maxPool2d('pool5', 3, { stride: 2 })
      .adaptiveAvgPool2d('avgpool', 6)
      .flatten('flatten')
      .dropout('dropout6', 0.5)
      .linear('fc6', wide(4096))
      .relu('relu6')
      .dropout('dropout7', 0.5)
      .linear('fc7', wide(4096))
      .relu('relu7')
      .linear('fc8', classes)
      .softmax('prob')
      .build(),
};
