import { cifar10 } from './cifar10.ts';
import { imagenet } from './imagenet.ts';
import { plantvillage } from './plantvillage.ts';

export interface LabelSet {
  readonly id: LabelSetId;
  readonly title: string;
  /** By index: names need not be unique. */
  readonly names: readonly string[];
}

export type LabelSetId = 'imagenet' | 'cifar10' | 'plantvillage';

/** All label sets; to bundle one alone, import `imagenetLabels`, `cifar10Labels` or `plantvillageLabels`. */
export const labelSets: Readonly<Record<LabelSetId, LabelSet>> = {
  imagenet: { id: 'imagenet', title: 'ImageNet, ILSVRC-2012', names: imagenet },
  cifar10: { id: 'cifar10', title: 'CIFAR-10', names: cifar10 },
  plantvillage: { id: 'plantvillage', title: 'PlantVillage', names: plantvillage },
};
