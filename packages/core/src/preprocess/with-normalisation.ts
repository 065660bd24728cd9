import type { Preprocessing } from './preprocessing.ts';

/** What is done to values, not to where they are. */
export type Normalisation = Pick<Preprocessing, 'channels' | 'mean' | 'scale' | 'deviation'>;

/** Resize and crop of the first, channels and what is done to their values of the second: for weights whose network takes another size. */
export function withNormalisation(
  { resize, crop }: Preprocessing,
  { channels, mean, scale, deviation }: Normalisation,
): Preprocessing {
  return {
    ...(resize && { resize }),
    crop,
    channels,
    ...(mean && { mean }),
    ...(scale !== undefined && { scale }),
    ...(deviation && { deviation }),
  };
}
