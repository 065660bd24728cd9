import type { Shape } from '@alexnet/core';

/** Images [n, c, h, w] as [n, h, w, c]; `shape` is [c, h, w]. */
export function toNhwc(data: Float32Array, shape: Shape): Float32Array {
  return permuted(data, shape, (c, p, channels, pixels) => [c * pixels + p, p * channels + c]);
}

/** Images [n, h, w, c] as [n, c, h, w]; `shape` is [c, h, w]. */
export function fromNhwc(data: Float32Array, shape: Shape): Float32Array {
  return permuted(data, shape, (c, p, channels, pixels) => [p * channels + c, c * pixels + p]);
}

function permuted(
  data: Float32Array,
  [channels = 1, height = 1, width = 1]: Shape,
  places: (channel: number, pixel: number, channels: number, pixels: number) => [from: number, to: number],
): Float32Array {
  const pixels = height * width;
  const result = new Float32Array(data.length);
  for (let image = 0; image < data.length; image += channels * pixels) {
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < pixels; p++) {
        const [from, to] = places(c, p, channels, pixels);
        result[image + to] = data[image + from]!;
      }
    }
  }
  return result;
}

/** A convolution's weights of one group, OIHW [out, in, kh, kw], as HWIO [kh, kw, in, out]. */
export function toHwio(data: Float32Array, [out = 1, into = 1, kh = 1, kw = 1]: Shape): Float32Array {
  const result = new Float32Array(data.length);
  let from = 0;
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < into; i++) {
      for (let k = 0; k < kh * kw; k++) result[(k * into + i) * out + o] = data[from++]!;
    }
  }
  return result;
}

/**
 * A linear layer's weights [out, in] as [in, out]. Where the input is a flattened image, whose order is CHW in the graph and HWC
 * here, `image` is its shape [c, h, w] and the rows are put into that order.
 */
export function toInOut(data: Float32Array, [out = 1, into = 1]: Shape, image: Shape = [into, 1, 1]): Float32Array {
  const [channels = 1, height = 1, width = 1] = image;
  const pixels = height * width;
  const result = new Float32Array(data.length);
  for (let o = 0; o < out; o++) {
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < pixels; p++) result[(p * channels + c) * out + o] = data[o * into + c * pixels + p]!;
    }
  }
  return result;
}
