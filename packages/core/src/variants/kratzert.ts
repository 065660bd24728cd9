import { kratzert as preprocessing } from '../preprocess/presets.ts';
import { classicHead } from './head.ts';
import { caffeLrn, overlappingPool, twoTowerTrunk } from './two-tower.ts';
import type { VariantDefinition } from './variant.ts';

/** BVLC AlexNet in TensorFlow 1 for fine-tuning. Its alpha 2e-5 is not divided there: 1e-4 here. */
export const kratzert: VariantDefinition = {
  id: 'kratzert',
  title: 'Finetune AlexNet with TensorFlow',
  source: 'kratzert/finetune_alexnet_with_tensorflow, Frederik Kratzert, 2017',
  classes: 1000,
  labels: 'imagenet',
  inputSize: 227,
  inputSizes: [227],
  publishedOutput: 'logits',
  parameters: 60_965_224,
  macs: 724_406_816,
  reported: 'Dogs vs. Cats validation 95.45 % after one epoch (2 classes)',
  recipe: {
    optimizer: 'plain gradient descent, rate 0.01, on fc6, fc7 and fc8 only; the rest keeps the BVLC weights',
    batchSize: 128,
    epochs: 10,
    initialisation: 'Glorot uniform for the layers that are trained',
    augmentation: [],
  },
  preprocessing,
  build: (dimensions) =>
    classicHead(
      twoTowerTrunk(
        {
          name: 'kratzert',
          stage: (layers, n) => overlappingPool(layers.lrn(`norm${n}`, caffeLrn), `pool${n}`),
          pool5: (layers) => overlappingPool(layers, 'pool5'),
        },
        dimensions,
      ),
      dimensions,
      0.5,
    ),
};
