import { caffe } from '../preprocess/presets.ts';
import { classicHead } from './head.ts';
import { caffeLrn, overlappingPool, twoTowerTrunk } from './two-tower.ts';
import type { Recipe, VariantDefinition } from './variant.ts';

/** The solver that both Caffe networks share. */
export const caffeRecipe: Recipe = {
  optimizer:
    'SGD, momentum 0.9, weight decay 5e-4 (none on biases), rate 0.01 (biases 0.02) divided by 10 every 100,000 of 450,000 steps',
  batchSize: 256,
  epochs: 90,
  augmentation: ['random 227 crop of 256', 'horizontal flip'],
};

/** Caffe's replica, and the network that most published AlexNet weights are for: norm before pool, k = 1, ceil pooling. */
export const bvlcAlexnet: VariantDefinition = {
  id: 'bvlc-alexnet',
  title: 'BVLC AlexNet (Caffe)',
  source: 'BVLC/caffe models/bvlc_alexnet, Evan Shelhamer, 2014',
  classes: 1000,
  labels: 'imagenet',
  inputSize: 227,
  inputSizes: [227],
  publishedOutput: 'probabilities',
  parameters: 60_965_224,
  macs: 724_406_816,
  reported: 'ILSVRC-2012 validation top-1 57.1 %, top-5 80.2 %, centre crop',
  recipe: {
    ...caffeRecipe,
    initialisation: 'N(0, 0.01), fc6 and fc7 N(0, 0.005); biases 0.1 in conv2, conv4, conv5, fc6, fc7, else 0',
  },
  preprocessing: caffe,
  build: (dimensions) =>
    classicHead(
      twoTowerTrunk(
        {
          name: 'bvlc-alexnet',
          stage: (layers, n) => overlappingPool(layers.lrn(`norm${n}`, caffeLrn), `pool${n}`, { ceilMode: true }),
          pool5: (layers) => overlappingPool(layers, 'pool5', { ceilMode: true }),
        },
        dimensions,
      ),
      dimensions,
      0.5,
    ),
};
