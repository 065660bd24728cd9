import type { Shape } from '@alexnet/core';
import type { KernelBackend, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { OwnMatrix } from '../engines/engine.ts';
import type { Tfjs } from '../tfjs.ts';
import type { GraphForm } from './form.ts';

/** Computes a node's value from its input. Images are NHWC, flat values [n, features]. */
export type Compute = (x: Tensor) => Tensor;

/** Writes a node as calls of tfjs; its parameters may still be arriving. */
export type Lowering<N> = (node: N, context: LowerContext) => Compute | Promise<Compute>;

/** Some rows of a parameter: the first up to, not including, the second. Hold until the next ones are asked for, and are not to be changed. */
export interface Rows {
  readonly from: number;
  readonly to: number;
  readonly data: Float32Array;
}

/** What lowering a node may ask. */
export interface LowerContext {
  readonly tf: Tfjs;
  readonly backend: KernelBackend;
  readonly form: GraphForm;
  /** Of a parameter. */
  extents(name: string): Shape;
  /** A parameter whole, in an array of its own, which tfjs may keep. */
  read(name: string): Promise<Float32Array>;
  /** A large parameter, some rows after the other: all of it is on the host only where and how the engine wants it. */
  rows(name: string): AsyncIterable<Rows>;
  /** Zeros. Errors: `out-of-memory`. */
  array(size: number): Float32Array;
  /** Makes a matrix on the engine, which `fill` writes a few columns at a time (as `rows` gives rows), and keeps it. Errors: as `hold`. */
  matrix(
    shape: [number, number],
    fill: (matrix: Pick<OwnMatrix, 'columns' | 'written'>) => Promise<void>,
  ): Promise<Tensor2D>;
  /** Of a value, without batch, images as [c, h, w]. */
  shapeOf(value: string): Shape;
  /**
   * Of a flat value that is a flattened image, whose order is CHW in the graph and HWC here: the image's shape [c, h, w].
   * Undefined for all others.
   */
  imageOf(value: string): Shape | undefined;
  /** Whether a ReLU follows and is computed along. */
  readonly relu: boolean;
  /** Makes a constant on the engine and keeps it until the program is disposed. Errors: `out-of-memory`, `backend-failure`. */
  hold<T extends Tensor>(make: () => T): T;
}
