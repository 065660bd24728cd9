import type { Shape, Weights } from '@alexnet/core';
import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import type { GraphForm } from './form.ts';

/** Computes a node's value from its input. Images are NHWC, flat values [n, features]. */
export type Compute = (x: Tensor) => Tensor;

/** What lowering a node may ask. */
export interface LowerContext {
  readonly tf: Tfjs;
  readonly backend: KernelBackend;
  readonly form: GraphForm;
  readonly weights: Weights;
  /** Of a value, without batch, images as [c, h, w]. */
  shapeOf(value: string): Shape;
  /**
   * Of a flat value that is a flattened image, whose order is CHW in the graph and HWC here: the image's shape [c, h, w].
   * Undefined for all others.
   */
  imageOf(value: string): Shape | undefined;
  /** Whether a ReLU follows and is computed along. */
  readonly relu: boolean;
  /** Keeps a constant until the program is disposed. */
  hold<T extends Tensor>(constant: T): T;
}

/** The data of a parameter. */
export function parameter({ weights }: LowerContext, name: string): Float32Array {
  return weights.get(name)!.data;
}
