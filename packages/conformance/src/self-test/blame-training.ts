import { buildGraph, seededWeights, type TrainingGraphOptions, trainingGraph, trainingInputs } from '@alexnet/core';
import { uniform } from '../data/uniform.ts';
import { gradientCases } from '../gradients/index.ts';
import { judgeValues, type TrainingRun, valuesFrom } from '../gradients/judge.ts';
import { alteredBackend } from './altered-backend.ts';
import type { TrainingAlteration } from './altered-trainer.ts';
import type { Blame } from './blame.ts';
import type { Fault } from './faults/fault.ts';

/* A training graph of which one value is made wrong: the suite must blame that value and no other. */

const network = buildGraph('every-layer', { name: 'x', shape: [4, 17, 15] })
  .conv2d('conv1', 6, [3, 2], { stride: [2, 1], pads: { left: 1, bottom: 2 } })
  .relu('relu1')
  .lrn('norm1', { size: 4, alpha: 0.9, beta: 0.61, bias: 1.7 })
  .maxPool2d('pool1', 3, { stride: 2, pads: { top: 1 }, ceilMode: true })
  .pad2d('pad2', { top: 1, left: 2 })
  .conv2d('conv2', 10, [2, 3], { groups: 2 })
  .batchNorm('bn2', 1e-3)
  .relu('relu2')
  .adaptiveAvgPool2d('avg', [2, 3])
  .flatten('flat')
  .linear('fc7', 7)
  .relu('relu7')
  .dropout('drop7', 0.3)
  .linear('fc8', 5)
  .softmax('prob')
  .build();

const runOf = (options: TrainingGraphOptions): TrainingRun => {
  const training = trainingGraph(network, { ...options, inputGradients: true });
  const shape = [3, 4, 17, 15];
  const images = { shape, data: uniform(shape, 'every-layer') };
  const inputs = trainingInputs(training, { images, labels: [1, 4, 0] }, { seed: 5, step: 1 });
  return { training, weights: seededWeights(network, 3), inputs, data: 'random' };
};

const runs: readonly TrainingRun[] = [
  runOf({ loss: { kind: 'softmax-cross-entropy', smoothing: 0.1 }, regularisation: { l2: 0.05 } }),
];

/** Makes one value of the network wrong and asks which values fail; where the fault does not show in it, of the case that must catch it. */
export async function blameTraining(fault: Fault, signal = new AbortController().signal): Promise<Blame> {
  const own = gradientCases.find(({ id }) => id === fault.caughtBy)!;
  const all = [...runs, { training: own.training, ...own.tensors(), data: own.data.kind }];
  for (const run of all) {
    for (const { name } of run.training.nodes.filter(({ op }) => op === fault.gradient)) {
      const failed = await failedValues(run, onlyAt(fault, name), signal);
      if (failed.length > 0) return { network: run.training.name, layer: name, failed };
    }
  }
  return { network: own.training.name, layer: fault.gradient ?? '', failed: [] };
}

function onlyAt({ alteration }: Fault, name: string): TrainingAlteration {
  return { node: (call) => (call.node.name === name ? alteration.training?.node?.(call) : undefined) };
}

async function failedValues(run: TrainingRun, training: TrainingAlteration, signal: AbortSignal): Promise<string[]> {
  const got = await valuesFrom(alteredBackend({ training, inexact: true }), run, signal);
  return [...judgeValues(run, got)].filter(({ verdict }) => !verdict.passed).map(({ node }) => node.name);
}
