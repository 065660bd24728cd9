import type { GradientNodeOf } from '@alexnet/core';
import type { KernelName } from '../kernels/kernels.ts';
import { cover, type Word } from '../plan/step.ts';
import type { Computation, GradientContext } from './computation.ts';

/*
 * Sums over the batch and all places, one for each channel, in two passes: parts of the pixels, then the parts.
 */

export function channelSum({ name, inputs }: GradientNodeOf<'channelSum'>, context: GradientContext): Computation {
  return overPixels(name, context, { kernel: 'channel-sum', inputs, params: [], mean: false });
}

export function batchMean({ name, inputs }: GradientNodeOf<'batchMean'>, context: GradientContext): Computation {
  return overPixels(name, context, { kernel: 'channel-sum', inputs, params: [], mean: true });
}

export function batchVariance(
  { name, inputs }: GradientNodeOf<'batchVariance'>,
  context: GradientContext,
): Computation {
  return overPixels(name, context, { kernel: 'batch-variance', inputs, params: [], mean: true });
}

export function batchNormScaleGradient(
  { name, inputs, epsilon }: GradientNodeOf<'batchNormScaleGradient'>,
  context: GradientContext,
): Computation {
  const params = [context.layout(name).channels, { float: epsilon }];
  return overPixels(name, context, { kernel: 'batch-norm-scale-gradient', inputs, params, mean: false });
}

interface OverPixels {
  readonly kernel: KernelName;
  readonly inputs: readonly [string, ...string[]];
  readonly params: readonly Word[];
  readonly mean: boolean;
}

function overPixels(
  name: string,
  context: GradientContext,
  { kernel, inputs: [reads, ...also], params, mean }: OverPixels,
): Computation {
  const { height, width, vectors } = context.layout(reads);
  const scratch = `${name}.parts`;
  const cut = (batch: number) => {
    const pixels = batch * height * width;
    const partPixels = Math.max(FEW, Math.ceil(Math.sqrt(pixels)));
    return { pixels, partPixels, parts: Math.ceil(pixels / partPixels) };
  };
  return {
    buffers: (batch) =>
      new Map([
        [name, context.bytesOf(name, batch)],
        [scratch, cut(batch).parts * vectors * 16],
      ]),
    plan(batch) {
      const { pixels, partPixels, parts } = cut(batch);
      const size = parts * vectors;
      return [
        {
          choice: { kernel },
          params: [size, vectors, pixels, partPixels, ...params],
          groups: cover(size),
          reads,
          writes: scratch,
          also,
          constants: [],
        },
        {
          choice: { kernel: 'sum-parts' },
          params: [vectors, parts, { float: mean ? 1 / pixels : 1 }],
          groups: cover(vectors),
          reads: scratch,
          writes: name,
          constants: [],
        },
      ];
    },
  };
}

/** Pixels that one invocation adds at least. */
const FEW = 16;
