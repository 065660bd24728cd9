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
};

export type ImageAnswers = typeof answers;

answer(answers);
