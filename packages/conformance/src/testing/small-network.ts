import { buildGraph, type Graph, seededWeights, type Tensor } from '@alexnet/core';
import { uniform } from '../data/uniform.ts';
import type { NetworkUnderTest } from '../networks/checks.ts';
import { createOracleCache } from '../networks/oracle.ts';
import type { BackendReport, SkippedTests } from '../report/report.ts';
import { runConformance } from '../run/run.ts';
import { type Alteration, alteredBackend } from '../self-test/altered-backend.ts';

/** BVLC AlexNet in small: every layer that it has, and a long fc6. */
export const graph: Graph = buildGraph('small', { name: 'input', shape: [3, 39, 35] })
  .conv2d('conv1', 12, [7, 5], { stride: 2 })
  .relu('relu1')
  .lrn('norm1', { size: 5, alpha: 1e-4, beta: 0.75, bias: 1 })
  .maxPool2d('pool1', 3, { stride: 2, ceilMode: true })
  .conv2d('conv2', 40, 3, { groups: 2, pads: 1 })
  .relu('relu2')
  .flatten('flatten')
  .linear('fc6', 50)
  .relu('relu6')
  .dropout('dropout6', 0.5)
  .linear('fc8', 21)
  .softmax('prob')
  .build();

export const photo = (name: string, batch = 1, contrast = 1): Tensor => {
  const shape = [batch, 3, 39, 35];
  return { shape, data: uniform(shape, name, -110 * contrast, 145 * contrast) };
};

export const network: NetworkUnderTest = {
  variant: { id: 'small', graph },
  weights: seededWeights(graph, 1),
  images: [
    { name: 'one', tensor: photo('one') },
    { name: 'two', tensor: photo('two') },
  ],
};

export const oracle = createOracleCache();
export const conform = (alteration: Alteration = {}, networks = [network]): Promise<BackendReport> =>
  runConformance({ backend: alteredBackend(alteration), suites: ['network'], networks, oracle });
export const failed = ({ checks }: BackendReport) =>
  checks.filter(({ status }) => status === 'failed').map(({ id }) => id.slice('network/small/'.length));

/** A check of the first image in every precision. */
export const atOne = (what: string) => ['f16', 'q8', 'q4'].map((precision) => `one/${what}/${precision}`);
/** The checks in int8 of a network on an image that a backend without int8 skips. */
export const notInInt8 = (nodes: Graph['nodes'], variant = 'small', image = 'one'): SkippedTests => ({
  reason: 'The backend does not declare the precision int8',
  // layers that end in their ReLU are judged there
  tests: [...nodes.filter((_, i) => nodes[i + 1]?.op !== 'relu').map(({ name }) => name), 'end-to-end'].map(
    (what) => `network/${variant}/${image}/${what}/int8`,
  ),
});
/** Every layer and the end of both images; fc6, fc8 and the end of the first in three precisions. */
export const CHECKS = 2 * 13 + 3 * 3;
