export { augment } from './augment.ts';
export type { Augmentation, Sample } from './augmentation.ts';
export { checkAugmentation } from './check.ts';
export { epochOrder } from './epoch-order.ts';
export { augmentations } from './recipes.ts';
export { type RgbImage, resizeImage } from './resize-image.ts';
