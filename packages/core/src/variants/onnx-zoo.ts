import { onnxZoo as preprocessing } from '../preprocess/presets.ts';
import { caffeRecipe } from './bvlc-alexnet.ts';
import { classicHead } from './head.ts';
import { caffeLrn, overlappingPool, twoTowerTrunk } from './two-tower.ts';
import type { VariantDefinition } from './variant.ts';

/** The ONNX model zoo's `bvlcalexnet`: BVLC weights on a 224 grid (54-26-12-6), held together by padding after pool5. */
export const onnxZoo: VariantDefinition = {
  id: 'onnx-zoo',
  title: 'ONNX model zoo bvlcalexnet',
  source: 'onnx/models validated/vision/classification/alexnet, 2017',
  classes: 1000,
  labels: 'imagenet',
  inputSize: 224,
  inputSizes: [224, 227],
  publishedOutput: 'probabilities',
  parameters: 60_965_224,
  macs: 654_560_384,
  reported: 'ILSVRC-2012 validation top-1 54.80 %, top-5 78.23 %',
  recipe: caffeRecipe,
  preprocessing,
  build: (dimensions) =>
    classicHead(
      twoTowerTrunk(
        {
          name: 'onnx-zoo',
          stage: (layers, n) => overlappingPool(layers.lrn(`norm${n}`, caffeLrn), `pool${n}`),
          pool5: (layers) => overlappingPool(layers, 'pool5', { pads: { bottom: 1, right: 1 } }),
        },
        dimensions,
      ),
      dimensions,
      0.5,
    ),
};
