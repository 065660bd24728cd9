import type { Graph, Loss } from '@alexnet/core';
import type { GradientRow } from './case.ts';
import { type GradientDataSetName, gradientDataSets } from './data.ts';

interface LossRow {
  readonly slug: string;
  readonly why: string;
  readonly features: number;
  readonly classes: number;
  readonly batch: number;
  readonly data: GradientDataSetName;
  readonly smoothing?: number;
  readonly l2?: number;
}

// biome-ignore format: a table, one row per loss
const lossRows: readonly LossRow[] = [
  { slug: 'batch', features: 5, classes: 7, batch: 3, data: 'random', why: 'the mean over the batch, and its gradient' },
  { slug: 'one-sample', features: 6, classes: 4, batch: 1, data: 'random', why: 'a batch of one' },
  { slug: 'classes', features: 3, classes: 1000, batch: 2, data: 'random', why: 'as many classes as ImageNet has' },
  { slug: 'tail', features: 4, classes: 65, batch: 5, data: 'random', why: 'one class more than a workgroup of 64' },
  { slug: 'many-samples', features: 2, classes: 10, batch: 33, data: 'random', why: 'more samples than a tile of 32' },
  { slug: 'confident', features: 2, classes: 6, batch: 4, data: 'confident', why: 'logits that exp overflows on' },
  { slug: 'smoothing', features: 5, classes: 7, batch: 3, data: 'random', smoothing: 0.1, why: 'the target is shared among the classes' },
  { slug: 'confident-smoothing', features: 3, classes: 8, batch: 2, data: 'confident', smoothing: 0.2, why: 'classes of vanishing probability have a share of the target' },
  { slug: 'l2', features: 5, classes: 4, batch: 3, data: 'random', l2: 0.03, why: 'the penalty is part of the loss, and its gradient of the weight\'s' },
  { slug: 'l2-and-smoothing', features: 9, classes: 6, batch: 2, data: 'random', l2: 0.3, smoothing: 0.1, why: 'a penalty beside a target that is shared' },
];

/** Softmax and cross-entropy, with what may be added to them. */
export const lossGradientRows: readonly GradientRow[] = lossRows.map(
  ({ slug, why, features, classes, batch, data, smoothing = 0, l2 }) => {
    const loss: Loss = { kind: 'softmax-cross-entropy', smoothing };
    const about = [...(smoothing === 0 ? [] : [`smoothing ${smoothing}`]), ...(l2 === undefined ? [] : [`L2 ${l2}`])];
    return {
      id: `gradient/loss/${slug}`,
      title: ['the loss and its gradients agree with the oracle', ...about].join(', ').concat(`, batch ${batch}`),
      why,
      graph: classifier(features, classes),
      data: gradientDataSets[data],
      batch,
      options: { loss, ...(l2 === undefined ? {} : { regularisation: { l2 } }) },
    };
  },
);

function classifier(features: number, classes: number): Graph {
  return {
    name: 'classifier',
    inputs: [{ name: 'x', shape: [features] }],
    parameters: [
      { name: 'w', shape: [classes, features] },
      { name: 'b', shape: [classes] },
    ],
    nodes: [
      { op: 'linear', name: 'y', inputs: ['x'], weight: 'w', bias: 'b' },
      { op: 'softmax', name: 'prob', inputs: ['y'] },
    ],
    outputs: ['prob'],
  };
}
