import { buildGraph } from '../graph/builder.ts';
import { paper as preprocessing } from '../preprocess/presets.ts';
import { classicHead } from './head.ts';
import type { VariantDefinition } from './variant.ts';

/** minDiv 2, scale 1e-4 divided by the window in layer.py: the constants of the 2012 network as they were run. */
const lrn = { size: 5, alpha: 1e-4, beta: 0.75, bias: 2 } as const;

/**
 * Krizhevsky's own one-GPU network. conv1 and conv5 have no ReLU of their own: it comes after the pooling, in conv1 after the
 * normalisation too, which so sees negative values.
 * 224 gives 55 positions as in `paper`: padding 0 before, 3 after.
 */
export const cudaConvnet2: VariantDefinition = {
  id: 'cuda-convnet2',
  title: 'cuda-convnet2, one GPU',
  source: 'akrizhevsky/cuda-convnet2 layers/layers-imagenet-1gpu.cfg, 2014',
  classes: 1000,
  labels: 'imagenet',
  inputSize: 224,
  inputSizes: [224],
  publishedOutput: 'probabilities',
  parameters: 61_100_840,
  macs: 714_188_480,
  reported: 'about 57.7 % top-1',
  recipe: {
    optimizer:
      'SGD, momentum 0.9, weight decay 5e-4 on weights, rate 0.01 (biases 0.02) falling exponentially in steps',
    batchSize: 128,
    epochs: 90,
    initialisation: 'N(0, 0.01), conv3 to conv5 N(0, 0.03); biases 1 in conv2, conv4, conv5, fc6, fc7, -7 in fc8',
    augmentation: ['random 224 crop of 256', 'horizontal flip', 'colour PCA, standard deviations, then divided by 1.1'],
  },
  preprocessing,
  build: (dimensions) => {
    const { inputSize, wide } = dimensions;
    return classicHead(
      buildGraph('cuda-convnet2', { name: 'input', shape: [3, inputSize, inputSize] })
        .conv2d('conv1', wide(64), 11, { stride: 4, pads: { bottom: 3, right: 3 } })
        .lrn('norm1', lrn)
        .maxPool2d('pool1', 3, { stride: 2, ceilMode: true })
        .relu('relu1')
        .conv2d('conv2', wide(192), 5, { pads: 2 })
        .relu('relu2')
        .lrn('norm2', lrn)
        .maxPool2d('pool2', 3, { stride: 2, ceilMode: true })
        .conv2d('conv3', wide(384), 3, { pads: 1 })
        .relu('relu3')
        .conv2d('conv4', wide(256), 3, { pads: 1 })
        .relu('relu4')
        .conv2d('conv5', wide(256), 3, { pads: 1 })
        .maxPool2d('pool5', 3, { stride: 2, ceilMode: true })
        .relu('relu5'),
      dimensions,
      0.5,
    );
  },
};
