import type { Turns } from '@alexnet/core';
import type { ClassifyAnswers } from '../../classify/classify.worker.ts';
import type { Preparer } from '../../classify/images/prepare.ts';
import type { Link } from '../../classify/link/ask.ts';
import { failureOf } from '../../classify/link/failure.ts';
import type { Network } from '../../classify/network.ts';
import type { BackendId } from '../../engines/names.ts';
import type { LessonImage } from '../classes/taught-class.ts';
import type { Head } from '../head/head-of.ts';
import { viewsOf } from './views.ts';

export interface ComputeFeaturesOptions {
  readonly network: Network;
  readonly head: Head;
  readonly backend: BackendId;
  /** A worker that has loaded nothing yet. */
  readonly link: Link<ClassifyAnswers>;
  readonly preparer: Preparer;
  readonly inTurn: Turns;
  readonly images: readonly LessonImage[];
  onImage(done: number): void;
  /** An image that cannot be prepared, and why; the others go on. */
  onLeftOut(image: LessonImage, reason: string): void;
}

/** What a network makes of one image: [views, features]. */
export interface ImageFeatures {
  readonly image: LessonImage;
  readonly data: Float32Array;
  /** How many of the views the network sees when it classifies. */
  readonly seen: number;
}

/** Runs images through all but the head, one after the other. Errors: `FailureError`, those of the backend. */
export async function computeFeatures(options: ComputeFeaturesOptions): Promise<readonly ImageFeatures[]> {
  const { network, head, backend, link, preparer, inTurn, images, onImage, onLeftOut } = options;
  const { variant, weights } = network;
  const outputs = [head.reads];
  await inTurn(() => link.ask('load', { backend, graph: variant.graph, weights, outputs }));
  const found: ImageFeatures[] = [];
  for (const [i, image] of images.entries()) {
    const prepared = await preparer.prepare(image.file, variant.preprocessing).catch((error: unknown) => {
      const { code, message } = failureOf(error);
      if (link.ended || !(code === 'invalid-file' || code === 'invalid-input')) throw error; // it is not the image
      onLeftOut(image, message);
    });
    if (prepared !== undefined) {
      const { input } = prepared;
      const { output } = await inTurn(() => link.ask('run', { input: viewsOf(input), output: head.reads }));
      found.push({ image, data: output.data, seen: input.shape[0]! });
    }
    onImage(i + 1);
  }
  return found;
}
