import { createVariant } from '../../../variants/index.ts';
import { seededWeights } from '../../seeded.ts';
import type { WeightFile } from '../write.ts';
import { writeWeights } from '../write.ts';
import type { WriteWeightsOptions } from '../write-plan.ts';

/** No width is a multiple of 32: 432 inputs of fc6, 204 of fc7. */
export const dimensions = { classes: 7, width: 0.05, inputSize: 227 };
export const variant = createVariant('bvlc-alexnet', dimensions);
export const weights = seededWeights(variant.graph, 5);

/** The parameters that q8 and q4 store. */
export const linear = ['fc6.weight', 'fc7.weight', 'fc8.weight'];

/** Small shards, so that fc6 and fc7 are cut. */
export const smallShards = 100_000;

/** All files that are written. */
export async function writeSmall(
  options: Pick<WriteWeightsOptions, 'precision'> & Partial<WriteWeightsOptions>,
): Promise<WeightFile[]> {
  const files: WeightFile[] = [];
  for await (const file of writeWeights({ variant, dimensions, weights, shardBytes: smallShards, ...options })) {
    files.push(file);
  }
  return files;
}
