import type { KernelName } from '../kernels/kernels.ts';
import { vectorsOf } from '../plan/layout.ts';
import type { Context, Lowered } from '../plan/lower.ts';
import { type BufferName, cover, type Dispatch, type Word } from '../plan/step.ts';
import type { Segment } from '../plan/weights.ts';

/** A node of a training graph, or several that run as one, ready to be planned for any batch. */
export interface Computation {
  /** Bytes of the buffers that it writes: its value, and what its dispatches use between them. */
  buffers(batch: number): ReadonlyMap<BufferName, number>;
  plan(batch: number): readonly Dispatch[];
}

/** A buffer that holds a parameter or a range of its inputs; its gradient and the optimiser's tensors have buffers alike. */
export interface ParameterBuffer {
  readonly name: BufferName;
  readonly bytes: number;
}

/** What a lowering of a gradient op may ask. */
export interface GradientContext extends Context {
  /** Software instead of a GPU. */
  readonly software: boolean;
  /** Bytes of a value. */
  bytesOf(value: string, batch: number): number;
  parameterBuffers(parameter: string): readonly ParameterBuffer[];
  /** The parameter whose gradient a value is. */
  parameterOf(value: string): string;
  /** Where the convolution with this weight and so many groups keeps it. */
  convolutionWeight(weight: string, groups: number): BufferName;
  linearSegments(weight: string): readonly (Segment & { readonly matrix: BufferName })[];
}

/** The names of the buffers that hold a parameter's gradient. */
export function gradientBuffers(value: string, buffers: readonly ParameterBuffer[]): readonly BufferName[] {
  return buffers.map((_, i) => (buffers.length === 1 ? value : `${value}.${i}`));
}

/** A forward node as a computation. */
export function computationOf({ writes, plan, scratch }: Lowered, { bytesOf }: GradientContext): Computation {
  return {
    plan,
    buffers: (batch) =>
      new Map([
        [writes, bytesOf(writes, batch)],
        ...(scratch === undefined ? [] : [[scratch.name, scratch.bytes(batch)] as const]),
      ]),
  };
}

/** What a kernel with one invocation for each vec4 of its value reads, and its parameters behind their number. */
export interface Elementwise {
  readonly kernel: KernelName;
  readonly inputs: readonly string[];
  readonly params: readonly Word[];
  readonly constants?: readonly BufferName[];
}

export function elementwise(name: string, context: GradientContext, of: (batch: number) => Elementwise): Computation {
  return {
    buffers: (batch) => new Map([[name, context.bytesOf(name, batch)]]),
    plan: (batch) => [overVectors(name, batch * vectorsOf(context.layout(name)), of(batch))],
  };
}

export function overVectors(
  writes: BufferName,
  size: number,
  { kernel, inputs, params, constants = [] }: Elementwise,
): Dispatch {
  const [reads = '', ...also] = inputs;
  return { choice: { kernel }, params: [size, ...params], groups: cover(size), reads, writes, also, constants };
}

/** A kernel with one workgroup for each sample of flat values. */
export function bySample(
  name: string,
  context: GradientContext,
  { kernel, inputs, params }: { kernel: KernelName; inputs: readonly [string, string]; params(batch: number): Word[] },
): Computation {
  const [reads, other] = inputs;
  return {
    buffers: (batch) => new Map([[name, context.bytesOf(name, batch)]]),
    plan(batch) {
      const { channels, vectors } = context.layout(reads);
      return [
        {
          choice: { kernel },
          params: [channels, vectors * 4, ...params(batch)],
          groups: [batch, 1, 1],
          reads,
          writes: name,
          also: [other],
          constants: [],
        },
      ];
    },
  };
}
