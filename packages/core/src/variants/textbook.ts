import { paper } from '../preprocess/presets.ts';
import { classicHead } from './head.ts';
import { caffeLrn, overlappingPool, twoTowerTrunk } from './two-tower.ts';
import type { VariantDefinition } from './variant.ts';

/** The network of tutorials: one tower, so that conv2, conv4 and conv5 see all channels. "62.3 M parameters" is this one. */
export const textbook: VariantDefinition = {
  id: 'textbook',
  title: 'Textbook AlexNet, one tower',
  source: 'Understanding AlexNet, learnopencv.com, 2018, and many others',
  classes: 1000,
  labels: 'imagenet',
  inputSize: 227,
  inputSizes: [227],
  publishedOutput: 'probabilities',
  parameters: 62_378_344,
  macs: 1_135_256_096,
  reported: 'none',
  recipe: { optimizer: 'not stated', augmentation: ['random 227 crop of 256', 'horizontal flip'] },
  preprocessing: paper, // short side to 256, centre crop, RGB; the tutorials give no mean
  build: (dimensions) =>
    classicHead(
      twoTowerTrunk(
        {
          name: 'textbook',
          groups: 1,
          stage: (layers, n) => overlappingPool(layers.lrn(`norm${n}`, caffeLrn), `pool${n}`),
          pool5: (layers) => overlappingPool(layers, 'pool5'),
        },
        dimensions,
      ),
      dimensions,
      0.5,
    ),
};
