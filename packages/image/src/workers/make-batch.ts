import { augment, preprocess, preprocessedShape, type RgbaImage, type Tensor } from '@alexnet/core';
import type { PackReader } from '../pack/read-pixels.ts';
import type { Skipped } from '../sets/image-set.ts';
import { ahead } from './ahead.ts';
import { imageOf, reasonOf } from './image-of.ts';
import type { BatchJob, MadeBatch, Setup } from './jobs.ts';

/** Images that are read and decoded while one is computed with. */
const AHEAD = 4;

type BatchSetup = Extract<Setup, { kind: 'batches' }>;
type Image = BatchJob['images'][number];

/**
 * The tensor of a batch, without the images that cannot be read. Undefined when it was stopped.
 * Errors: `invalid-file` for a pack that is damaged.
 */
export async function makeBatch(
  { images }: BatchJob,
  setup: BatchSetup,
  pack: PackReader | undefined,
  stopped: () => boolean,
): Promise<MadeBatch | undefined> {
  const perImage = preprocessedShape(viewsOf(setup)).reduce((product, extent) => product * extent);
  const data = new Float32Array(images.length * perImage);
  const kept: number[] = [];
  const skipped: Skipped[] = [];
  let position = 0;
  const pixelsOf = async ({ path, stored }: Image) =>
    stored === undefined ? imageOf(path) : 'reason' in stored ? stored : pack!.read(stored);
  for await (const pixels of ahead(images, pixelsOf, pack === undefined ? AHEAD : 1)) {
    if (stopped()) return undefined;
    const image = images[position]!;
    const made = 'reason' in pixels ? pixels : viewOf(pixels, image.index, setup);
    if ('reason' in made) {
      skipped.push({ path: image.path, reason: made.reason });
    } else {
      data.set(made.data, kept.length * perImage);
      kept.push(position);
    }
    position++;
  }
  return { data: kept.length === images.length ? data : data.slice(0, kept.length * perImage), kept, skipped };
}

/** A training picture has one view, whatever the evaluation's crop. */
function viewsOf({ preprocessing, augmentation }: BatchSetup) {
  return augmentation === undefined
    ? preprocessing
    : { ...preprocessing, crop: { mode: 'centre', size: preprocessing.crop.size } as const };
}

function viewOf(image: RgbaImage, index: number, setup: BatchSetup): Tensor | { readonly reason: string } {
  const { preprocessing, augmentation, seed, epoch } = setup;
  try {
    if (augmentation === undefined) return preprocess(image, preprocessing);
    return augment(image, preprocessing, augmentation, { seed, epoch, index });
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}
