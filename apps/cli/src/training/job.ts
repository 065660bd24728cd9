import type { ManifestDimensions, Variant, Weights } from '@alexnet/core';
import type { ImageSet, OpenedSet, PackedSet } from '@alexnet/image';
import { augmentationFor, type DataSource, type TrainingPlan, type TrainingRecipe } from '@alexnet/training';
import { sourceOf } from './data.ts';

/** What `train` and `finetune` have in common: a network with its first weights, and the sets. */
export interface TrainingJob {
  readonly recipe: TrainingRecipe;
  readonly variant: Variant;
  readonly dimensions: ManifestDimensions;
  readonly plan: TrainingPlan;
  readonly weights: Weights;
  readonly training: OpenedSet;
  readonly validation: OpenedSet | undefined;
  /** What made the weights, for their manifest. */
  readonly source: string;
}

/** Images of a job as it trains on them. */
export function trainingSource(
  images: ImageSet | PackedSet,
  { recipe, variant }: TrainingJob,
  seed: number,
): DataSource {
  const { preprocessing } = variant;
  return sourceOf(images, {
    preprocessing,
    augmentation: augmentationFor(recipe.augmentation, preprocessing),
    seed,
  });
}
