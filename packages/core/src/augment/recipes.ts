import type { Augmentation } from './augmentation.ts';

/**
 * How the authors augmented. `shear` is in degrees here as in Keras since 2.1.3 of January 2018, which is older than
 * both recipes that say 0.2: a fifth of a degree, next to nothing. Earlier Keras would have read radians, 11.5 degrees.
 */
export const augmentations = {
  /** Krizhevsky et al. 2012: crops of 224 from 256 (227 in Caffe's geometry), mirrored, colour noise. */
  paper: (size: number): readonly Augmentation[] => [
    { kind: 'random-crop', size },
    { kind: 'flip' },
    { kind: 'colour-pca', strength: 0.1 },
  ],
  /** BVLC AlexNet and CaffeNet: no colour noise. */
  caffe: (size: number): readonly Augmentation[] => [{ kind: 'random-crop', size }, { kind: 'flip' }],
  uestcsongtaoli: (): readonly Augmentation[] => [
    { kind: 'affine', rotation: 40, shift: [0.2, 0.2], shear: 0.2, zoom: 0.2, fill: 'nearest' },
    { kind: 'flip' },
  ],
  vipoooool: (): readonly Augmentation[] => [
    { kind: 'affine', shift: [0.2, 0.2], shear: 0.2, zoom: 0.2, fill: 'nearest' },
  ],
  eweill: (): readonly Augmentation[] => [{ kind: 'affine', shift: [0.1, 0.1], fill: 'nearest' }, { kind: 'flip' }],
  /** Usual for CIFAR, with pixels of the picture itself around it, not black. */
  cifar: (): readonly Augmentation[] => [{ kind: 'random-crop', size: 32, pad: 4, fill: 'reflect' }, { kind: 'flip' }],
  /** Turned, shifted and zoomed a little; what comes in from outside is black, as the background of PlantVillage's segmented leaves is. */
  leaves: (): readonly Augmentation[] => [
    { kind: 'affine', rotation: 20, shift: [0.05, 0.05], zoom: 0.1, fill: 'constant' },
    { kind: 'flip' },
  ],
} as const;
