export type LabelSetId = 'imagenet' | 'cifar10' | 'plantvillage';
