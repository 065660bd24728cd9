import { caffe } from '../preprocess/presets.ts';
import { caffeRecipe } from './bvlc-alexnet.ts';
import { classicHead } from './head.ts';
import { caffeLrn, overlappingPool, twoTowerTrunk } from './two-tower.ts';
import type { VariantDefinition } from './variant.ts';

/** BVLC AlexNet with pooling before normalisation. */
export const caffenet: VariantDefinition = {
  id: 'caffenet',
  title: 'BVLC CaffeNet',
  source: 'BVLC/caffe models/bvlc_reference_caffenet, Jeff Donahue, 2014',
  classes: 1000,
  labels: 'imagenet',
  inputSize: 227,
  inputSizes: [227],
  publishedOutput: 'probabilities',
  parameters: 60_965_224,
  macs: 724_406_816,
  reported: 'ILSVRC-2012 validation top-1 57.4 %, top-5 80.4 %, centre crop',
  recipe: {
    ...caffeRecipe,
    initialisation: 'N(0, 0.01), fc6 and fc7 N(0, 0.005); biases 1 in conv2, conv4, conv5, fc6, fc7, else 0',
  },
  preprocessing: caffe,
  build: (dimensions) =>
    classicHead(
      twoTowerTrunk(
        {
          name: 'caffenet',
          stage: (layers, n) => overlappingPool(layers, `pool${n}`, { ceilMode: true }).lrn(`norm${n}`, caffeLrn),
          pool5: (layers) => overlappingPool(layers, 'pool5', { ceilMode: true }),
        },
        dimensions,
      ),
      dimensions,
      0.5,
    ),
};
