import { AlexNetError } from '../error.ts';
import { showShape, sizeOf, type Tensor } from '../tensor.ts';
import { channelCount, type Preprocessing, type RgbaImage } from './preprocessing.ts';

/** No AlexNet comes near; ten crops of this size are a gigabyte. */
const LARGEST_CROP = 2048;
/** Keeps positions in a resized image exact: 2^24 times an image side below 2^29. */
const LARGEST_RESIZE = 1 << 24;

/** Errors: `invalid-input` for an image that is empty, or whose pixels do not fit its size. */
export function checkImage({ width, height, data }: RgbaImage): void {
  if (!isWhole(width) || !isWhole(height)) {
    throw invalid(`An image of ${width}x${height} pixels is empty or has no whole size`);
  }
  if (data.length !== width * height * 4) {
    throw invalid(
      `An image of ${width}x${height} pixels needs ${width * height * 4} bytes of RGBA but got ${data.length}`,
      'Convert it to four bytes a pixel.',
    );
  }
}

/** Errors: `invalid-input` for preprocessing that contradicts itself: it may come from a file. */
export function checkPreprocessing({ resize, crop, channels, mean, scale = 1, deviation }: Preprocessing): void {
  const count = channelCount(channels);
  if (!isWhole(crop.size) || crop.size > LARGEST_CROP) {
    throw invalid(`A crop of ${crop.size} pixels is not a whole number from 1 to ${LARGEST_CROP}`);
  }
  if (resize !== undefined && (!isWhole(resize.size) || resize.size > LARGEST_RESIZE)) {
    throw invalid(`A resize to ${resize.size} pixels is not a whole number from 1 to ${LARGEST_RESIZE}`);
  }
  if (!Number.isFinite(scale)) throw invalid(`The scale ${scale} is not a finite number`);
  if (deviation !== undefined && !(deviation.length === count && deviation.every((d) => Number.isFinite(d) && d > 0))) {
    throw invalid(`The deviation [${deviation.join(', ')}] must be ${count} numbers above 0, one per channel`);
  }
  if (mean?.kind === 'channel' && !(mean.values.length === count && mean.values.every(Number.isFinite))) {
    throw invalid(`The mean [${mean.values.join(', ')}] must be ${count} numbers, one per channel`);
  }
  if (mean?.kind === 'image') checkMeanImage(mean.image, count, crop.size);
}

function checkMeanImage({ shape, data }: Tensor, channels: number, size: number): void {
  const [depth, height = 0, width = 0] = shape;
  if (shape.length !== 3 || depth !== channels || height < size || width < size) {
    throw invalid(`A mean image of ${showShape(shape)} does not cover a crop of ${channels}x${size}x${size}`);
  }
  if (data.length !== sizeOf(shape)) {
    throw invalid(`A mean image of ${showShape(shape)} needs ${sizeOf(shape)} values but got ${data.length}`);
  }
}

function isWhole(n: number): boolean {
  return Number.isSafeInteger(n) && n > 0;
}

export function invalid(message: string, fix?: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-input',
    message,
    where: 'preprocess',
    ...(fix === undefined ? {} : { fix }),
  });
}
