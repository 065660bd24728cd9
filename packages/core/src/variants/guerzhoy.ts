import { ownMean } from '../preprocess/presets.ts';
import { caffeRecipe } from './bvlc-alexnet.ts';
import { classicHead } from './head.ts';
import { caffeLrn, overlappingPool, twoTowerTrunk } from './two-tower.ts';
import type { VariantDefinition } from './variant.ts';

/** BVLC weights in TensorFlow 1 with SAME padding in conv1: 57 positions, a grid shifted by 4 pixels. No dropout. */
export const guerzhoy: VariantDefinition = {
  id: 'guerzhoy',
  title: 'TensorFlow AlexNet of the University of Toronto',
  source: 'Michael Guerzhoy and Davi Frossard: myalexnet_forward.py, 2016',
  classes: 1000,
  labels: 'imagenet',
  inputSize: 227,
  inputSizes: [227],
  publishedOutput: 'probabilities',
  parameters: 60_965_224,
  macs: 749_108_768,
  reported: 'not tested on the full test set',
  recipe: caffeRecipe,
  preprocessing: ownMean,
  build: (dimensions) =>
    classicHead(
      twoTowerTrunk(
        {
          name: 'guerzhoy',
          conv1Pads: { top: 4, left: 4, bottom: 4, right: 4 },
          stage: (layers, n) => overlappingPool(layers.lrn(`norm${n}`, caffeLrn), `pool${n}`),
          pool5: (layers) => overlappingPool(layers, 'pool5'),
        },
        dimensions,
      ),
      dimensions,
    ),
};
