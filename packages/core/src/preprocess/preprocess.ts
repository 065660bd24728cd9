import { AlexNetError } from '../error.ts';
import { showShape, type Tensor } from '../tensor.ts';
import type { Mean, Preprocessing, Resize, RgbaImage } from './preprocessing.ts';
import { type Region, resizeRegion } from './resample.ts';

/** The most values that ten crops of a long, thin image may take: its corners lie far apart. */
const MOST_PIXELS = 1 << 26;

/**
 * An image as a network expects it: [1, 3, size, size], or [10, 3, size, size] for ten crops ([.., 1, ..] for grey).
 * Computed in float64 and rounded once, the same bits in every engine.
 * Errors: `invalid-input` for an empty image, pixels that do not fit its size, an image smaller than the crop, a mean image that does not fit.
 */
export function preprocess(image: RgbaImage, spec: Preprocessing): Tensor {
  checkImage(image);
  const size = spec.crop.size;
  const [width, height] = resizedSize(image, spec.resize);
  if (width < size || height < size) {
    throw invalid(
      `An image of ${width}x${height} pixels is smaller than the crop of ${size}x${size}`,
      'Resize it first.',
    );
  }
  const crops = spec.crop.mode === 'centre' ? [centre(width, height, size)] : corners(width, height, size);
  const views = crops.map((region) => pixels(image, width, height, spec.resize, region));
  const mirrored = spec.crop.mode === 'ten' ? views.map((view) => mirror(view, size)) : [];
  const planes = [...views, ...mirrored].map((view) => normalise(view, spec));
  const channels = spec.channels === 'grey' ? 1 : 3;
  const data = new Float32Array(planes.length * channels * size * size);
  for (const [i, plane] of planes.entries()) data.set(plane, i * plane.length);
  return { shape: [planes.length, channels, size, size], data };
}

/** `[width, height]` after resizing. torchvision rounds the long side down. */
function resizedSize({ width, height }: RgbaImage, resize: Resize | undefined): [number, number] {
  if (resize === undefined) return [width, height];
  const { size } = resize;
  if (resize.mode === 'warp') return [size, size];
  return width <= height ? [size, Math.floor((size * height) / width)] : [Math.floor((size * width) / height), size];
}

function centre(width: number, height: number, size: number): Region {
  return { left: halfToEven(width - size), top: halfToEven(height - size), width: size, height: size };
}

/** n / 2, halves to the even neighbour: what Caffe (14.5 to 14) and torchvision (Python's round) both do. */
function halfToEven(n: number): number {
  const half = Math.floor(n / 2);
  return n % 2 === 1 && half % 2 === 1 ? half + 1 : half;
}

function corners(width: number, height: number, size: number): Region[] {
  if (width * height > MOST_PIXELS) {
    throw invalid(`Ten crops of an image resized to ${width}x${height} pixels need too much memory`, 'Crop it first.');
  }
  const at = (left: number, top: number): Region => ({ left, top, width: size, height: size });
  const [right, bottom] = [width - size, height - size];
  return [at(0, 0), at(right, 0), at(0, bottom), at(right, bottom), centre(width, height, size)];
}

/** RGB of a region, interleaved. */
function pixels(
  image: RgbaImage,
  width: number,
  height: number,
  resize: Resize | undefined,
  region: Region,
): Float64Array {
  // the identity of every resampling: one tap of weight one
  return resizeRegion(image, width, height, resize?.resampling ?? 'bilinear', region);
}

function mirror(view: Float64Array, size: number): Float64Array {
  return view.map((_, i) => {
    const column = Math.floor(i / 3) % size;
    return view[i + 3 * (size - 1 - 2 * column)]!;
  });
}

/** Interleaved RGB to planes in the network's channel order, minus mean, scaled, divided. */
function normalise(
  view: Float64Array,
  { channels, mean, scale = 1, deviation, crop: { size } }: Preprocessing,
): Float32Array {
  const area = size * size;
  const count = channels === 'grey' ? 1 : 3;
  const value = (c: number, p: number): number => {
    if (channels === 'RGB') return view[3 * p + c]!;
    if (channels === 'BGR') return view[3 * p + 2 - c]!;
    return 0.299 * view[3 * p]! + 0.587 * view[3 * p + 1]! + 0.114 * view[3 * p + 2]!;
  };
  const meanAt = meanOf(mean, view, size, count);
  const out = new Float32Array(count * area);
  for (let c = 0; c < count; c++) {
    const divisor = deviation?.[c] ?? 1;
    for (let p = 0; p < area; p++) out[c * area + p] = ((value(c, p) - meanAt(c, p)) * scale) / divisor;
  }
  return out;
}

function meanOf(
  mean: Mean | undefined,
  view: Float64Array,
  size: number,
  channels: number,
): (c: number, p: number) => number {
  switch (mean?.kind) {
    case undefined:
      return () => 0;
    case 'channel':
      return (c) => mean.values[c]!;
    case 'own-scalar': {
      const average = view.reduce((sum, x) => sum + x, 0) / view.length;
      return () => average;
    }
    case 'image': {
      const [depth, height = 0, width = 0] = mean.image.shape;
      if (mean.image.shape.length !== 3 || depth !== channels || height < size || width < size) {
        throw invalid(
          `A mean image of ${showShape(mean.image.shape)} does not cover a crop of ${channels}x${size}x${size}`,
        );
      }
      const { left, top } = centre(width, height, size);
      return (c, p) => mean.image.data[(c * height + top + Math.floor(p / size)) * width + left + (p % size)]!;
    }
  }
}

function checkImage({ width, height, data }: RgbaImage): void {
  const whole = Number.isSafeInteger(width) && Number.isSafeInteger(height) && width > 0 && height > 0;
  if (!whole) throw invalid(`An image of ${width}x${height} pixels is empty or has no whole size`);
  if (data.length !== width * height * 4) {
    throw invalid(
      `An image of ${width}x${height} pixels needs ${width * height * 4} bytes of RGBA but got ${data.length}`,
      'Convert it to four bytes a pixel.',
    );
  }
}

function invalid(message: string, fix?: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-input',
    message,
    where: 'preprocess',
    ...(fix === undefined ? {} : { fix }),
  });
}
