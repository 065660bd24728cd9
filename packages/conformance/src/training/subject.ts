import { buildGraph, type Graph, sizeOf, type Tensor, type TrainingBatch } from '@alexnet/core';
import { uniform } from '../data/uniform.ts';

/* What is trained, and on what: small enough for seconds, with everything that AlexNets have. */

const IMAGE = [2, 9, 8] as const;
const CLASSES = 3;
const SAMPLES = 17;
const BATCH = 5;

export function network(batchNorm: boolean): Graph {
  const trunk = buildGraph('small', { name: 'x', shape: IMAGE })
    .conv2d('conv1', 4, [3, 2], { pads: { top: 1, right: 2 } })
    .relu('relu1')
    .lrn('norm1', { size: 3, alpha: 0.3, beta: 0.75, bias: 2 })
    .maxPool2d('pool1', 3, { stride: 2, ceilMode: true })
    .conv2d('conv2', 6, [2, 3], { groups: 2, pads: { left: 1 } });
  return (batchNorm ? trunk.batchNorm('bn2', 1e-3) : trunk)
    .relu('relu2')
    .flatten('flat')
    .linear('fc3', 7)
    .relu('relu3')
    .dropout('drop3', 0.3)
    .linear('fc4', CLASSES)
    .softmax('prob')
    .build();
}

/** The batch of a step: the samples in their order, over and over; the last batch of a round is smaller. */
export function batchAt(seed: number, step: number): TrainingBatch {
  const rounds = Math.ceil(SAMPLES / BATCH);
  const first = (step % rounds) * BATCH;
  const numbers = Array.from({ length: Math.min(BATCH, SAMPLES - first) }, (_, n) => first + n);
  return { images: imagesOf(seed, numbers), labels: numbers.map(classOf) };
}

const UNSEEN = 7;

/** Images that no step sees, more than a batch has. */
export function unseen(seed: number): Tensor {
  return imagesOf(
    seed,
    Array.from({ length: UNSEEN }, (_, n) => SAMPLES + n),
  );
}

function imagesOf(seed: number, samples: readonly number[]): Tensor {
  const size = sizeOf(IMAGE);
  const data = new Float32Array(samples.length * size);
  for (const [n, sample] of samples.entries()) data.set(sampleOf(seed, sample), n * size);
  return { shape: [samples.length, ...IMAGE], data };
}

const classOf = (sample: number) => (sample * 7 + 1) % CLASSES;

/** The pattern of its class, under noise. */
function sampleOf(seed: number, sample: number): Float32Array {
  const pattern = uniform(IMAGE, `${seed}/class ${classOf(sample)}`);
  const noise = uniform(IMAGE, `${seed}/sample ${sample}`);
  return pattern.map((value, i) => value + noise[i]! / 2);
}
