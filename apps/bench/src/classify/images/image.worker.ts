import { type Preprocessing, preprocess, type Tensor } from '@alexnet/core';
import { decodeImage } from '../../engines/decode-image.ts';
import { answer } from '../link/answer.ts';
import type { Asking } from '../link/link.ts';

/*
 * Decodes and preprocesses images, which takes long enough to be felt if the page did it.
 */

export interface Prepare {
  /** An image file. */
  readonly image: Blob;
  readonly preprocessing: Preprocessing;
}

export interface Thumbnail {
  readonly image: Blob;
  /** Pixels of a side. */
  readonly size: number;
}

export interface Prepared {
  readonly input: Tensor;
  /** Of the image as it is seen, turned as its EXIF data say. */
  readonly width: number;
  readonly height: number;
}

const answers = {
  async prepare({ image, preprocessing }: Prepare, { move }: Asking<never>): Promise<Prepared> {
    const pixels = await decodeImage(image);
    const input = preprocess(pixels, preprocessing);
    move(input.data.buffer);
    return { input, width: pixels.width, height: pixels.height };
  },

  /** The middle of an image as a small square picture. It decodes all of it, so what passes here can be prepared. */
  async thumbnail({ image, size }: Thumbnail): Promise<Blob> {
    const { width, height, data } = await decodeImage(image);
    const whole = new OffscreenCanvas(width, height);
    const square = new OffscreenCanvas(size, size);
    const [from, to] = [whole.getContext('2d'), square.getContext('2d')];
    if (from === null || to === null) throw new Error('There is no canvas to draw a small picture on');
    from.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
    const side = Math.min(width, height);
    to.imageSmoothingQuality = 'high';
    to.drawImage(whole, (width - side) / 2, (height - side) / 2, side, side, 0, 0, size, size);
    return square.convertToBlob({ type: 'image/jpeg' });
  },
};

export type ImageAnswers = typeof answers;

answer(answers);
