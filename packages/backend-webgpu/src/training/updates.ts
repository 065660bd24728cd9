import { type Optimiser, ratesOf, slotsOf, statisticFactor, type UpdateRule } from '@alexnet/core';
import type { KernelName } from '../kernels/kernels.ts';
import { type BufferName, cover, type Dispatch, type Word } from '../plan/step.ts';
import { gradientBuffers, overVectors, type ParameterBuffer } from './computation.ts';
import { sumSquares } from './loss.ts';
import type { TrainingNetwork } from './network.ts';

/** Holds the step's numbers, a uniform: the learning rate. */
export const STEP: BufferName = 'numbers of the step';
/** Holds by what gradients are multiplied before they are used: 1, where they are not clipped. */
export const CLIP: BufferName = 'clipping factor';
const NORM: BufferName = 'sums of the squares of the gradients';

/** A buffer of the optimiser's, like one of the parameter's. */
export function slotBuffer(buffer: BufferName, slot: string): BufferName {
  return `${buffer}.${slot}`;
}

/** Dispatches that change what the device keeps. */
export interface Updates {
  /** Of each trained parameter, by its name. */
  readonly parameters: ReadonlyMap<string, readonly Dispatch[]>;
  /** What all gradients must be there for, before any parameter is updated; empty where gradients are not clipped. */
  readonly clipping: readonly Dispatch[];
  /** Bytes of what these use between them. */
  readonly buffers: ReadonlyMap<BufferName, number>;
  statistics(batch: number): readonly Dispatch[];
}

export function updatesOf(network: TrainingNetwork, optimiser: Optimiser): Updates {
  const { training, parameterBuffers } = network;
  const trained = training.gradients.map(({ parameter, value }) => {
    const buffers = parameterBuffers(parameter);
    const gradients = gradientBuffers(value, buffers);
    return { parameter, buffers: buffers.map((buffer, i) => ({ ...buffer, reads: gradients[i]! })) };
  });
  const { clipNorm } = optimiser;
  const norm = sumSquares(
    trained.flatMap(({ buffers }) => buffers),
    NORM,
  );
  const factor: Dispatch = {
    choice: { kernel: 'clip-factor' },
    params: [norm.parts, { float: clipNorm ?? 0 }],
    groups: [1, 1, 1],
    reads: NORM,
    writes: CLIP,
    constants: [],
  };
  const clips = clipNorm !== undefined && trained.length > 0;
  return {
    parameters: new Map(
      trained.map(({ parameter, buffers }) => [
        parameter,
        buffers.map((buffer) => update(optimiser, parameter, buffer)),
      ]),
    ),
    clipping: clips ? [...norm.dispatches, factor] : [],
    buffers: clips ? new Map([[NORM, norm.parts * 16]]) : new Map(),
    statistics: (batch) =>
      training.statistics.map((statistic) => {
        const [buffer] = parameterBuffers(statistic.parameter);
        const rest = (1 - statistic.momentum) * statisticFactor(statistic, batch);
        return overVectors(buffer!.name, buffer!.bytes / 16, {
          kernel: 'move-statistic',
          inputs: [statistic.value],
          params: [{ float: statistic.momentum }, { float: rest }],
        });
      }),
  };
}

function update(
  optimiser: Optimiser,
  parameter: string,
  { name, bytes, reads }: ParameterBuffer & { readonly reads: BufferName },
): Dispatch {
  const { learningRate, weightDecay } = ratesOf(optimiser, parameter, 1);
  const { kernel, params } = kernelOf(optimiser.rule, weightDecay);
  const size = bytes / 16;
  return {
    choice: { kernel },
    params: [size, { float: learningRate }, ...params],
    groups: cover(size),
    reads,
    writes: name,
    constants: [STEP, CLIP, ...slotsOf(optimiser.rule).map((slot) => slotBuffer(name, slot))],
  };
}

function kernelOf(rule: UpdateRule, weightDecay: number): { readonly kernel: KernelName; readonly params: Word[] } {
  if (rule.kind !== 'sgd') {
    return { kernel: rule.kind, params: [rule.rho, 1 - rule.rho, rule.epsilon].map((float) => ({ float })) };
  }
  if (rule.momentum === 0) return { kernel: 'sgd', params: [{ float: weightDecay }] };
  return { kernel: 'sgd-momentum', params: [{ float: weightDecay }, { float: rule.momentum }] };
}
