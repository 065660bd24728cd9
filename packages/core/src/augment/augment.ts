import { checkImage } from '../preprocess/checks.ts';
import { centred } from '../preprocess/crops.ts';
import { normalise } from '../preprocess/normalise.ts';
import { channelCount, type Preprocessing, type RgbaImage } from '../preprocess/preprocessing.ts';
import type { Tensor } from '../tensor.ts';
import { affineMatrix, resample, WORDS_PER_AFFINE } from './affine.ts';
import type { Augmentation, Sample } from './augmentation.ts';
import { checkAugmentation, checkSample, invalid } from './check.ts';
import { addColour, WORDS_PER_COLOUR } from './colour-pca.ts';
import { cutout } from './cutout.ts';
import { flip, isFlipped } from './flip.ts';
import { type Picture, pictureOf, pixelsOf, resizedPicture } from './picture.ts';
import { wordsOf } from './random.ts';
import { randomCrop } from './random-crop.ts';

/**
 * An image as a network is trained on it, [1, channels, size, size]: the resize of `spec`, the steps in their order, the
 * centre of what is larger than the network takes, then channel order, mean, scale and deviation of `spec`. Without steps it
 * is what `preprocess` gives for the centre crop.
 * Random numbers are a function of the sample and the step alone, and all arithmetic is float64 +, -, *, / and floor: the
 * same bits in every engine.
 * Errors: `invalid-input` for an image smaller than a crop, and steps or preprocessing that contradict themselves.
 */
export function augment(image: RgbaImage, spec: Preprocessing, steps: readonly Augmentation[], sample: Sample): Tensor {
  checkImage(image);
  checkAugmentation(steps, spec);
  checkSample(sample);
  let picture = resizedPicture(image, spec.resize);
  for (const [i, step] of steps.entries()) picture = apply(step, picture, sample, i);
  const { size } = spec.crop;
  checkCovers(picture, size);
  return {
    shape: [1, channelCount(spec.channels), size, size],
    data: normalise(picture.region(centred(picture, size)), spec),
  };
}

function apply(step: Augmentation, picture: Picture, sample: Sample, at: number): Picture {
  const { width, height } = picture;
  const words = (count: number) => wordsOf(sample, at, count);
  switch (step.kind) {
    case 'random-crop': {
      const { size, pad = 0 } = step;
      checkCovers({ width: width + 2 * pad, height: height + 2 * pad }, size);
      return randomCrop(picture, step, words(2));
    }
    case 'flip':
      return isFlipped(step, sample, at) ? changed(picture, (rgb) => flip(rgb, width)) : picture;
    case 'colour-pca':
      return changed(picture, (rgb) => addColour(rgb, step.strength, words(WORDS_PER_COLOUR)));
    case 'affine': {
      const matrix = affineMatrix(step, width, height, words(WORDS_PER_AFFINE));
      return pictureOf(width, height, resample(pixelsOf(picture), width, height, matrix, step.fill));
    }
    case 'cutout':
      return changed(picture, (rgb) => cutout(rgb, width, height, step.size, words(2)));
  }
}

function changed(picture: Picture, change: (rgb: Float64Array) => void): Picture {
  const rgb = pixelsOf(picture);
  change(rgb);
  return pictureOf(picture.width, picture.height, rgb);
}

function checkCovers({ width, height }: { readonly width: number; readonly height: number }, size: number): void {
  if (width < size || height < size) {
    throw invalid(
      `An image of ${width}x${height} pixels is smaller than the crop of ${size}x${size}`,
      'augment',
      'Resize it first.',
    );
  }
}
