import type { Pads } from '@alexnet/core';
import { type Layout, vectorsOf } from './layout.ts';
import { type BufferName, cover, type Dispatch } from './step.ts';

/*
 * Dispatches that move values without computing anything.
 */

/** From what a caller gives, NCHW, to a value's layout; from `pitch` values per sample. */
export function pack(
  from: BufferName,
  to: BufferName,
  { channels, height, width, vectors }: Layout,
  batch: number,
  pitch = channels * height * width,
): Dispatch {
  const size = batch * height * width * vectors;
  return {
    choice: { kernel: 'pack' },
    params: [size, channels, height * width, vectors, pitch],
    groups: cover(size),
    reads: from,
    writes: to,
    constants: [],
  };
}

/** From a value's layout to CHW order, `pitch` values per sample. */
export function unpack(
  from: BufferName,
  to: BufferName,
  { channels, height, width, vectors }: Layout,
  batch: number,
  pitch: number,
): Dispatch {
  const plane = height * width;
  return {
    choice: { kernel: 'unpack' },
    params: [batch * pitch, pitch, channels * plane, plane, vectors * 4],
    groups: cover(batch * pitch),
    reads: from,
    writes: to,
    constants: [],
  };
}

/** Copies an image into a larger or smaller one, `pads.top` rows down and `pads.left` columns right, with zeros around it. */
export function padded(
  reads: BufferName,
  writes: BufferName,
  x: Layout,
  y: Layout,
  { top, left }: Pick<Pads, 'top' | 'left'>,
  batch: number,
): Dispatch {
  const size = batch * vectorsOf(y);
  return {
    choice: { kernel: 'pad2d' },
    params: [size, y.vectors, y.height, y.width, x.height, x.width, top, left],
    groups: cover(size),
    reads,
    writes,
    constants: [],
  };
}
