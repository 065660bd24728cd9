import type { Tensor } from '../tensor.ts';
import { checkImage, checkPreprocessing, invalid } from './checks.ts';
import { cropRegions, mirrored, resizedSize } from './crops.ts';
import { normalise } from './normalise.ts';
import { type Preprocessing, preprocessedShape, type RgbaImage } from './preprocessing.ts';
import { resizeRegion } from './resample.ts';

/**
 * An image as a network expects it: [1, 3, size, size], or [10, 3, size, size] for ten crops ([.., 1, ..] for grey).
 * Computed in float64 and rounded once, the same bits in every engine. Time and memory follow from the crop and the pixels
 * that it covers: of a very long image, only what lies under the crop is resized.
 * Errors: `invalid-input` for an empty image, pixels that do not fit its size, an image smaller than the crop, and
 * preprocessing that contradicts itself.
 */
export function preprocess(image: RgbaImage, spec: Preprocessing): Tensor {
  checkImage(image);
  checkPreprocessing(spec);
  const { resize, crop } = spec;
  const resized = resizedSize(image, resize);
  const { width, height } = resized;
  if (width < crop.size || height < crop.size) {
    throw invalid(
      `An image of ${width}x${height} pixels is smaller than the crop of ${crop.size}x${crop.size}`,
      'Resize it first.',
    );
  }
  // without a resize any resampling is the identity: one pixel of weight one
  const resampling = resize?.resampling ?? 'bilinear';
  const views = cropRegions(resized, crop).map((region) => resizeRegion(image, width, height, resampling, region));
  if (crop.mode === 'ten') views.push(...views.map((view) => mirrored(view, crop.size)));
  const shape = preprocessedShape(spec);
  const data = new Float32Array(shape.reduce((product, extent) => product * extent));
  for (const [i, view] of views.entries()) data.set(normalise(view, spec), (i * data.length) / views.length);
  return { shape, data };
}
