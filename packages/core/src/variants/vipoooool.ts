import { buildGraph } from '../graph/builder.ts';
import { unitRange } from '../preprocess/presets.ts';
import { kerasEpsilon } from './keras.ts';
import type { VariantDefinition } from './variant.ts';

/** `engmrk` with batch norm after ReLU, pooling and dropout, for 38 plant diseases. */
export const vipoooool: VariantDefinition = {
  id: 'vipoooool',
  title: 'Plant diseases AlexNet',
  source: 'vipoooool: Plant Diseases Classification Using AlexNet, Kaggle, 2018',
  classes: 38,
  labels: 'plantvillage',
  inputSize: 224,
  inputSizes: [224],
  publishedOutput: 'probabilities',
  parameters: 28_117_790,
  macs: 1_039_597_808,
  reported: 'validation about 97 % to 98 % (in copies of the notebook)',
  recipe: {
    optimizer: 'SGD, rate 1e-3, momentum 0.9, rate decay 5e-3',
    batchSize: 128,
    epochs: 25,
    augmentation: ['shear 0.2', 'zoom 0.2', 'shift 0.2'],
  },
  preprocessing: unitRange,
  build: ({ classes, inputSize, wide }) =>
    buildGraph('vipoooool', { name: 'input', shape: [3, inputSize, inputSize] })
      .conv2d('conv1', wide(96), 11, { stride: 4 })
      .relu('relu1')
      .maxPool2d('pool1', 2, { stride: 2 })
      .batchNorm('bn1', kerasEpsilon)
      .conv2d('conv2', wide(256), 11)
      .relu('relu2')
      .maxPool2d('pool2', 2, { stride: 2 })
      .batchNorm('bn2', kerasEpsilon)
      .conv2d('conv3', wide(384), 3)
      .relu('relu3')
      .batchNorm('bn3', kerasEpsilon)
      .conv2d('conv4', wide(384), 3)
      .relu('relu4')
      .batchNorm('bn4', kerasEpsilon)
      .conv2d('conv5', wide(256), 3)
      .relu('relu5')
      .maxPool2d('pool5', 2, { stride: 2 })
      .batchNorm('bn5', kerasEpsilon)
      .flatten('flatten')
      .linear('fc6', wide(4096))
      .relu('relu6')
      .dropout('dropout6', 0.4)
      .batchNorm('bn6', kerasEpsilon)
      .linear('fc7', wide(4096))
      .relu('relu7')
      .dropout('dropout7', 0.4)
      .batchNorm('bn7', kerasEpsilon)
      .linear('fc8', wide(1000))
      .relu('relu8')
      .dropout('dropout8', 0.2)
      .batchNorm('bn8', kerasEpsilon)
      .linear('fc9', classes)
      .softmax('prob')
      .build(),
};
