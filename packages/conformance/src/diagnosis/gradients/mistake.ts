import {
  type Floats,
  type GradientNodeOf,
  type GradientOpName,
  type Shape,
  sizeOf,
  type TrainingNode,
  type TrainingShapes,
  type Weights,
} from '@alexnet/core';

/** One node of a training graph, with what it read. */
export interface GradientCall<N extends TrainingNode = TrainingNode> {
  readonly node: N;
  /** In the order of its inputs; float32 values. */
  readonly operands: readonly Float64Array[];
  readonly shapes: TrainingShapes;
  readonly weights: Weights;
  readonly batch: number;
  /** With the batch, where the value has one. */
  readonly output: Shape;
  /** What is right; of the node as it is, or changed. */
  evaluate(changed?: { node?: N; operands?: readonly Float64Array[]; weights?: Weights }): Floats;
}

/** A mistake that is made in gradients. */
export interface GradientMistake<N extends TrainingNode = TrainingNode> {
  /** Unique, after the op: `divided-by-batch`. */
  readonly id: string;
  readonly cause: string;
  readonly fix: string;
  /** What it gives; undefined where nobody could make it: one sample, one group. */
  compute(call: GradientCall<N>): Floats | undefined;
}

export type GradientMistakesOf<K extends GradientOpName> = readonly GradientMistake<GradientNodeOf<K>>[];

/** The value of one sample alone, of an operand that has a batch: the others are 0. */
export function sampleAlone(operand: Float64Array, batch: number, sample: number): Float64Array {
  const size = operand.length / batch;
  return operand.map((value, i) => (Math.floor(i / size) === sample ? value : 0));
}

/** Reads the channels of the next group instead of its own. */
export function groupsMixed(operand: Float64Array, batch: number, groups: number): Float64Array {
  const size = operand.length / batch;
  const group = size / groups;
  return operand.map((_, i) => operand[i - (i % size) + (((i % size) + group) % size)]!);
}

/** Each channel of `[..., height, width]` turned by half: the last row and column first. */
export function flipped<T extends Floats>(data: T, [height, width]: readonly [number, number]): T {
  const plane = height * width;
  return data.map((_, i) => data[i - (i % plane) + plane - 1 - (i % plane)]!) as T;
}

/** Weights of which one is changed. */
export function withWeight(weights: Weights, name: string, change: (data: Float32Array) => Float32Array): Weights {
  const { shape, data } = weights.get(name)!;
  return new Map([...weights, [name, { shape, data: change(data) }]]);
}

/** A matrix as if its rows were its columns. */
export function transposed<T extends Floats>(data: T, [rows, cols]: readonly [number, number]): T {
  return data.map((_, i) => data[(i % rows) * cols + Math.floor(i / rows)]!) as T;
}

/** A value times a number. */
export const times = (factor: number, value: Floats): Floats => value.map((each) => each * factor);

/** The channel of each element of a value of this shape, without its batch. */
export function channelAt(i: number, shape: Shape): number {
  const [channels = 1] = shape;
  return Math.floor(i / sizeOf(shape.slice(1))) % channels;
}

/** How many values one channel has in the batch: M of batch norm. */
export function countOf({ operands, output, shapes, node, batch }: GradientCall): number {
  const [channels = 1] = shapes.values.get(node.inputs[0]!) ?? output;
  return (operands[0]!.length / batch / channels) * batch;
}
