import { type Shape, sizeOf, type Tensor } from '@alexnet/core';
import { type Axis, type Constant, wordsOf } from './constant.ts';

/** A parameter's values, or a run of them, in their own order. */
export function slice(name: string, tensor: Tensor, shape: Shape, from = 0): Constant {
  return view(name, tensor, shape, from, [{ extent: sizeOf(shape), stride: 1 }]);
}

/** A convolution's weights OIHW [out, in, kh, kw] as HWIO, or `out` rows of them from row `first` on. */
export function hwio(name: string, tensor: Tensor, out = tensor.shape[0]!, first = 0): Constant {
  const [, into, rows, cols] = tensor.shape as [number, number, number, number];
  const taps = rows * cols;
  return view(name, tensor, [rows, cols, into, out], first * into * taps, [
    { extent: taps, stride: 1 },
    { extent: into, stride: taps },
    { extent: out, stride: into * taps },
  ]);
}

/** A linear layer's weights [out, in] as [in, out]. Where the input is the image [c, h, w] in the order HWC, so are the rows. */
export function inOut(name: string, tensor: Tensor, image?: Shape): Constant {
  const [out, features] = tensor.shape as [number, number];
  const [channels, height, width] = (image ?? [features, 1, 1]) as [number, number, number];
  return view(name, tensor, [features, out], 0, [
    { extent: height * width, stride: 1 },
    { extent: channels, stride: height * width },
    { extent: out, stride: features },
  ]);
}

function view(name: string, tensor: Tensor, shape: Shape, from: number, axes: readonly Axis[]): Constant {
  return { name, dtype: 'float32', shape, words: () => wordsOf(tensor.data), from, axes };
}
