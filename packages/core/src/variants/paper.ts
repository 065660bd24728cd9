import { paper as preprocessing } from '../preprocess/presets.ts';
import { classicHead } from './head.ts';
import { overlappingPool, twoTowerTrunk } from './two-tower.ts';
import type { VariantDefinition } from './variant.ts';

/**
 * The network of the paper. Two of its numbers need reading:
 * - 224 gives 55 positions because cuda-convnet lets the last window hang over the right and bottom edges: padding 0 before, 3 after.
 * - The printed LRN formula does not divide alpha by n, so alpha here is 5 * 1e-4. The code that was run did divide: see `cuda-convnet2`.
 */
export const paper: VariantDefinition = {
  id: 'paper',
  title: 'AlexNet as printed (2012)',
  source: 'Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks. NIPS 2012',
  classes: 1000,
  labels: 'imagenet',
  inputSize: 224,
  inputSizes: [224],
  publishedOutput: 'probabilities',
  parameters: 60_965_224,
  macs: 724_406_816,
  reported: 'ILSVRC-2010 test top-1 62.5 %, top-5 83.0 %; ILSVRC-2012 validation 59.3 % / 81.8 %, ten crops',
  recipe: {
    optimizer: 'SGD, momentum 0.9, weight decay 5e-4, rate 0.01 divided by 10 three times when validation stalls',
    batchSize: 128,
    epochs: 90,
    initialisation: 'N(0, 0.01); biases 1 in conv2, conv4, conv5 and the hidden layers, else 0',
    augmentation: ['random 224 crop of 256', 'horizontal flip', 'colour PCA, N(0, 0.1)'],
  },
  preprocessing,
  build: (dimensions) =>
    classicHead(
      twoTowerTrunk(
        {
          name: 'paper',
          conv1Pads: { bottom: 3, right: 3 },
          stage: (layers, n) =>
            overlappingPool(layers.lrn(`norm${n}`, { size: 5, alpha: 5e-4, beta: 0.75, bias: 2 }), `pool${n}`),
          pool5: (layers) => overlappingPool(layers, 'pool5'),
        },
        dimensions,
      ),
      dimensions,
      0.5,
    ),
};
