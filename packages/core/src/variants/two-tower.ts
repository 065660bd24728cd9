import { buildGraph, type GraphBuilder } from '../graph/builder.ts';
import type { Pads } from '../ops/op.ts';
import type { Dimensions } from './variant.ts';

/** Local response normalisation of Caffe and its descendants: alpha 1e-4 divided by 5, k = 1. */
export const caffeLrn = { size: 5, alpha: 1e-4, beta: 0.75, bias: 1 } as const;

/** What differs between the descendants of the two-GPU network. */
export interface TwoTower {
  readonly name: string;
  readonly conv1Pads?: Partial<Pads>;
  /** What follows relu1 and relu2: normalisation and pooling, in some order. */
  stage(layers: GraphBuilder, n: 1 | 2): GraphBuilder;
  pool5(layers: GraphBuilder): GraphBuilder;
  /** Default 2: conv2, conv4 and conv5 each see one tower's half of the channels. */
  readonly groups?: 1 | 2;
}

/** conv1 to pool5 of Krizhevsky et al. 2012, section 3.5. */
export function twoTowerTrunk(net: TwoTower, { inputSize, wide }: Dimensions): GraphBuilder {
  const groups = net.groups ?? 2;
  let layers = buildGraph(net.name, { name: 'input', shape: [3, inputSize, inputSize] })
    .conv2d('conv1', wide(96), 11, { stride: 4, pads: net.conv1Pads ?? 0 })
    .relu('relu1');
  layers = net.stage(layers, 1).conv2d('conv2', wide(256), 5, { pads: 2, groups }).relu('relu2');
  layers = net
    .stage(layers, 2)
    .conv2d('conv3', wide(384), 3, { pads: 1 })
    .relu('relu3')
    .conv2d('conv4', wide(384), 3, { pads: 1, groups })
    .relu('relu4')
    .conv2d('conv5', wide(256), 3, { pads: 1, groups })
    .relu('relu5');
  return net.pool5(layers);
}

/** Overlapping pooling, 3x3 with stride 2 (section 3.4). Caffe rounds the size up, most others down. */
export function overlappingPool(
  layers: GraphBuilder,
  name: string,
  options: { ceilMode?: boolean; pads?: Partial<Pads> } = {},
) {
  return layers.maxPool2d(name, 3, { stride: 2, ...options });
}
