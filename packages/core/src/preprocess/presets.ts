import type { Preprocessing } from './preprocessing.ts';

/** Mean of ilsvrc_2012_mean.npy, BGR 0-255: what Caffe subtracts, as one value per channel. */
export const caffeMean = [104.00698793, 116.66876762, 122.67891434] as const;

/** Mean of the training set in the VGG convention, BGR 0-255. */
export const imagenetMeanBgr = [103.939, 116.779, 123.68] as const;

/** Caffe's `classify.py`, centre crop: warp to 256, crop, BGR minus mean. */
export function caffe(size: number): Preprocessing {
  return {
    resize: { mode: 'warp', size: 256, resampling: 'bilinear' },
    crop: { mode: 'centre', size },
    channels: 'BGR',
    mean: { kind: 'channel', values: caffeMean },
  };
}

/** kratzert's `datagenerator.py`: TensorFlow 1 warp to the input size, BGR minus mean. */
export function kratzert(size: number): Preprocessing {
  return {
    resize: { mode: 'warp', size, resampling: 'bilinear-legacy' },
    crop: { mode: 'centre', size },
    channels: 'BGR',
    mean: { kind: 'channel', values: imagenetMeanBgr },
  };
}

/** Intel Neural Compressor's for the ONNX model zoo, with which its accuracy was measured: Pillow warp, BGR minus mean. */
export function onnxZoo(size: number): Preprocessing {
  return {
    resize: { mode: 'warp', size, resampling: 'bilinear-antialias' },
    crop: { mode: 'centre', size },
    channels: 'BGR',
    mean: { kind: 'channel', values: imagenetMeanBgr },
  };
}

/** guerzhoy's images have the input size; RGB minus the mean of the image itself, as in the Udacity copy of the network. */
export function ownMean(size: number): Preprocessing {
  return { crop: { mode: 'centre', size }, channels: 'RGB', mean: { kind: 'own-scalar' } };
}

/** Krizhevsky et al. 2012, section 2: short side to 256, centre crop, RGB minus the mean of the training set, 0-255. */
export function paper(size: number): Preprocessing {
  return {
    resize: { mode: 'short-side', size: 256, resampling: 'bilinear' },
    crop: { mode: 'centre', size },
    channels: 'RGB',
    mean: { kind: 'channel', values: [127.3, 119.72, 104.91] },
  };
}

/** torchvision's IMAGENET1K_V1 transforms: short side to 256, centre crop, 0-1, standardised per channel. */
export function torchvision(size: number): Preprocessing {
  return {
    // at other input sizes the margin around the crop keeps its proportion
    resize: { mode: 'short-side', size: Math.floor((size * 256) / 224), resampling: 'bilinear-antialias' },
    crop: { mode: 'centre', size },
    channels: 'RGB',
    mean: { kind: 'channel', values: [0.485 * 255, 0.456 * 255, 0.406 * 255] },
    scale: 1 / 255,
    deviation: [0.229, 0.224, 0.225],
  };
}

/** Keras' MNIST arrays: grey 0-1. */
export function greyUnitRange(size: number): Preprocessing {
  return { ...unitRange(size), channels: 'grey' };
}

/** Keras' `rescale=1/255` generators: warp to the input size, RGB 0-1. */
export function unitRange(size: number): Preprocessing {
  return {
    resize: { mode: 'warp', size, resampling: 'bilinear' },
    crop: { mode: 'centre', size },
    channels: 'RGB',
    scale: 1 / 255,
  };
}

/** Ours for small images: short side to the input size, centre crop, RGB standardised by the statistics of CIFAR-10's training set. */
export function cifar10(size: number): Preprocessing {
  return {
    resize: { mode: 'short-side', size, resampling: 'bilinear-antialias' },
    crop: { mode: 'centre', size },
    channels: 'RGB',
    mean: { kind: 'channel', values: [125.3, 122.95, 113.87] },
    scale: 1 / 64,
  };
}
