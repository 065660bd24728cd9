import type { TaughtClass } from '../classes/taught-class.ts';
import type { Features } from '../head/features.ts';
import type { ImageFeatures } from './compute-features.ts';

/** What was made of all images, as one array, with the class of each. */
export function labelled(
  found: readonly ImageFeatures[],
  size: number,
  classes: readonly Pick<TaughtClass, 'images'>[],
): Features {
  const data = new Float32Array(found.reduce((sum, one) => sum + one.data.length, 0));
  let at = 0;
  for (const one of found) {
    data.set(one.data, at);
    at += one.data.length;
  }
  const [first] = found;
  return {
    data,
    size,
    views: (first?.data.length ?? 0) / size,
    seen: first?.seen ?? 0,
    labels: found.map(({ image }) => classes.findIndex(({ images }) => images.includes(image))),
  };
}
