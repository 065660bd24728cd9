import type { NodeBase, Shape } from '@alexnet/core';
import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import type { GraphForm } from '../lower/form.ts';
import type { Tfjs } from '../tfjs.ts';
import type { TrainingForm } from './form.ts';

/** Parameters as they are now, in the layout of the device. */
export type Parameters = ReadonlyMap<string, Tensor>;

/** Computes a node's value. Images are NHWC, flat values [n, features] in the order CHW. */
export type Compute = (inputs: readonly Tensor[], parameters: Parameters) => Tensor;

/** Writes a node as calls of tfjs. */
export type Lowering<N extends NodeBase> = (node: N, context: TrainingContext) => Compute;

/** What writing a node may ask. */
export interface TrainingContext {
  readonly tf: Tfjs;
  readonly backend: KernelBackend;
  readonly form: GraphForm;
  readonly training: TrainingForm;
  /** Of a value, without batch, images as [c, h, w]. */
  shapeOf(value: string): Shape;
  /** Throws where the engine could not use this as the weights of a product or convolution: tfjs itself would go on with other numbers. */
  checkOperand(operand: Tensor): void;
  /** Makes a constant on the engine and keeps it until the trainer is disposed. */
  hold<T extends Tensor>(make: () => T): T;
}
