import { buildGraph } from '../graph/builder.ts';
import { unitRange } from '../preprocess/presets.ts';
import type { VariantDefinition } from './variant.ts';

/** A tutorial's code, which is not the network of its text: 11x11 in conv2, no padding, 2x2 pooling, four linear layers. */
export const engmrk: VariantDefinition = {
  id: 'engmrk',
  title: 'engMRK Keras tutorial AlexNet',
  source: 'AlexNet Implementation Using Keras, engmrk.com, 2018',
  classes: 17,
  labels: undefined,
  inputSize: 224,
  inputSizes: [224],
  publishedOutput: 'probabilities',
  parameters: 28_054_497,
  macs: 1_039_576_808,
  reported: 'none',
  recipe: { optimizer: 'Adam', augmentation: [] },
  preprocessing: unitRange,
  build: ({ classes, inputSize, wide }) =>
    buildGraph('engmrk', { name: 'input', shape: [3, inputSize, inputSize] })
      .conv2d('conv1', wide(96), 11, { stride: 4 })
      .relu('relu1')
      .maxPool2d('pool1', 2, { stride: 2 })
      .conv2d('conv2', wide(256), 11)
      .relu('relu2')
      .maxPool2d('pool2', 2, { stride: 2 })
      .conv2d('conv3', wide(384), 3)
      .relu('relu3')
      .conv2d('conv4', wide(384), 3)
      .relu('relu4')
      .conv2d('conv5', wide(256), 3)
      .relu('relu5')
      .maxPool2d('pool5', 2, { stride: 2 })
      .flatten('flatten')
      .linear('fc6', wide(4096))
      .relu('relu6')
      .dropout('dropout6', 0.4)
      .linear('fc7', wide(4096))
      .relu('relu7')
      .dropout('dropout7', 0.4)
      .linear('fc8', wide(1000))
      .relu('relu8')
      .dropout('dropout8', 0.4)
      .linear('fc9', classes)
      .softmax('prob')
      .build(),
};
