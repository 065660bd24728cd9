import type { Preprocessing } from '@alexnet/core';
import { type Link, linkTo } from '../link/ask.ts';
import type { ImageAnswers, Prepared } from './image.worker.ts';
import { measureImage } from './measure-image.ts';

/** Makes inputs of images, in a worker that stays for the next. */
export interface Preparer extends Disposable {
  /** Errors: `AlexNetError` or `FailureError`, for images that are too large or none. */
  prepare(image: Blob, preprocessing: Preprocessing): Promise<Prepared>;
  /** A square picture, `size` pixels a side. Errors: the same, for the same images. */
  thumbnail(image: Blob, size: number): Promise<Blob>;
}

export function createPreparer(): Preparer {
  let link: Link<ImageAnswers> | undefined;
  const start = () =>
    linkTo<ImageAnswers>(new Worker(new URL('./image.worker.ts', import.meta.url), { type: 'module' }));
  const checked = async (image: Blob) => {
    await measureImage(image);
    if (link?.ended !== false) link = start(); // none yet, or one that an image has broken
    return link;
  };
  return {
    prepare: async (image, preprocessing) => (await checked(image)).ask('prepare', { image, preprocessing }),
    thumbnail: async (image, size) => (await checked(image)).ask('thumbnail', { image, size }),
    [Symbol.dispose]: () => link?.[Symbol.dispose](),
  };
}
