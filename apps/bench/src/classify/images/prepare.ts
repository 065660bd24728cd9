import type { Preprocessing } from '@alexnet/core';
import { type Link, linkTo } from '../link/ask.ts';
import type { ImageAnswers, Prepared } from './image.worker.ts';
import { measureImage } from './measure-image.ts';

/** Makes inputs of images, in a worker that stays for the next. */
export interface Preparer extends Disposable {
  /** Errors: `AlexNetError` or `FailureError`, for images that are too large or none. */
  prepare(image: Blob, preprocessing: Preprocessing): Promise<Prepared>;
}

export function createPreparer(): Preparer {
  let link: Link<ImageAnswers> | undefined;
  const start = () =>
    linkTo<ImageAnswers>(new Worker(new URL('./image.worker.ts', import.meta.url), { type: 'module' }));
  return {
    async prepare(image, preprocessing) {
      await measureImage(image);
      if (link?.ended !== false) link = start(); // none yet, or one that an image has broken
      return link.ask('prepare', { image, preprocessing });
    },
    [Symbol.dispose]: () => link?.[Symbol.dispose](),
  };
}
