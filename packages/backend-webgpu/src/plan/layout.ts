import type { Shape } from '@alexnet/core';

/**
 * How a value lies on the device: NHWC, with each pixel's channels filled up with zeros to whole vec4s.
 * A flat value is an image of one pixel, a scalar one of one channel.
 */
export interface Layout {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** vec4s per pixel. */
  readonly vectors: number;
}

export function layoutOf(shape: Shape): Layout {
  const [channels = 1, height = 1, width = 1] = shape;
  return { channels, height, width, vectors: Math.ceil(channels / 4) };
}

/** vec4s per sample. */
export function vectorsOf({ height, width, vectors }: Layout): number {
  return height * width * vectors;
}

/** Whether a sample lies on the device as callers have it: nothing to fill up, nothing to reorder. */
export function isPlain({ channels, height, width }: Layout): boolean {
  return channels % 4 === 0 && height * width === 1;
}
