import { AlexNetError, showShape, type Tensor } from '@alexnet/core';

/**
 * Probabilities [N * crops, classes], the crops of an image together, as their means [N, classes] (Krizhevsky et al. 2012, section 4.1).
 * Errors: `invalid-input`.
 */
export function meanOfCrops({ shape, data }: Tensor, crops: number): Tensor {
  const [rows = 0, classes = 0] = shape;
  if (shape.length !== 2 || rows % crops !== 0) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `Probabilities of ${crops} crops of each image cannot have the shape ${showShape(shape)}`,
      where: 'crops',
    });
  }
  const images = rows / crops;
  const means = new Float32Array(images * classes);
  for (let image = 0; image < images; image++) {
    for (let c = 0; c < classes; c++) {
      let sum = 0;
      for (let crop = 0; crop < crops; crop++) sum += data[(image * crops + crop) * classes + c]!;
      means[image * classes + c] = sum / crops;
    }
  }
  return { shape: [images, classes], data: means };
}
