import type { GradientNodeOf } from '@alexnet/core';
import { type BufferName, cover, type Dispatch } from '../plan/step.ts';
import {
  type Computation,
  type GradientContext,
  gradientBuffers,
  overVectors,
  type ParameterBuffer,
} from './computation.ts';

export function meanLoss({ name, inputs }: GradientNodeOf<'meanLoss'>, context: GradientContext): Computation {
  const [reads, ...penalties] = inputs;
  const once = { writes: name, groups: [1, 1, 1], constants: [] } as const;
  return {
    buffers: (batch) => new Map([[name, context.bytesOf(name, batch)]]),
    plan: (batch) => [
      { choice: { kernel: 'mean-loss' }, params: [batch], reads, ...once },
      // one by one: a kernel binds only so many buffers
      ...penalties.map((penalty) => ({
        choice: { kernel: 'add-penalty' } as const,
        params: [1],
        reads: penalty,
        ...once,
      })),
    ],
  };
}

export function l2Penalty(
  { name, parameter, factor }: GradientNodeOf<'l2Penalty'>,
  context: GradientContext,
): Computation {
  const buffers = context.parameterBuffers(parameter);
  const scratch = `${name}.parts`;
  const { dispatches, parts } = sumSquares(
    buffers.map((buffer) => ({ ...buffer, reads: buffer.name })),
    scratch,
  );
  return {
    buffers: (batch) =>
      new Map([
        [name, context.bytesOf(name, batch)],
        [scratch, parts * 16],
      ]),
    plan: () => [
      ...dispatches,
      {
        choice: { kernel: 'total' },
        params: [parts, { float: factor }],
        groups: [1, 1, 1],
        reads: scratch,
        writes: name,
        constants: [],
      },
    ],
  };
}

export function l2Gradient(
  { name, inputs: [g], parameter, factor }: GradientNodeOf<'l2Gradient'>,
  context: GradientContext,
): Computation {
  const buffers = context.parameterBuffers(parameter);
  const [from, to] = [gradientBuffers(g, buffers), gradientBuffers(name, buffers)];
  return {
    buffers: () => new Map(buffers.map(({ bytes }, i) => [to[i]!, bytes])),
    plan: () =>
      buffers.map((buffer, i) =>
        overVectors(to[i]!, buffer.bytes / 16, {
          kernel: 'l2-gradient',
          inputs: [from[i]!],
          params: [{ float: factor }],
          constants: [buffer.name],
        }),
      ),
  };
}

/** First pass of the sum of the squares of several buffers: their parts lie one after the other in `writes`, `parts` vec4s of them. */
export function sumSquares(
  buffers: readonly (Pick<ParameterBuffer, 'bytes'> & { readonly reads: BufferName })[],
  writes: BufferName,
): { readonly dispatches: readonly Dispatch[]; readonly parts: number } {
  let parts = 0;
  const dispatches = buffers.map(({ reads, bytes }): Dispatch => {
    const size = bytes / 16;
    const own = Math.ceil(Math.sqrt(size));
    const first = parts;
    parts += own;
    return {
      choice: { kernel: 'sum-squares' },
      params: [size, own, first],
      groups: cover(own),
      reads,
      writes,
      constants: [],
    };
  });
  return { dispatches, parts };
}
