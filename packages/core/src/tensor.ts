import { AlexNetError } from './error.ts';

/** Dimensions, outermost first. Shapes inside a graph leave out the batch dimension. */
export type Shape = readonly number[];

/** A dense, contiguous, row-major float32 tensor. Images are NCHW. */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Named tensors that flow: a program's inputs and outputs, each with its leading batch dimension. */
export type TensorMap = Readonly<Record<string, Tensor>>;

/** Parameter tensors by name. Convolution weights are OIHW `[out, in/groups, kh, kw]`, linear weights `[out, in]`. */
export type Weights = ReadonlyMap<string, Tensor>;

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** `[3, 227, 227]` as `3x227x227`, for tables and messages. */
export function showShape(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.join('x');
}

/** Builds a tensor and checks that data and shape agree. Errors: `invalid-input`. */
export function tensor(shape: Shape, data: Float32Array): Tensor {
  if (sizeOf(shape) !== data.length) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `A tensor of shape ${showShape(shape)} needs ${sizeOf(shape)} values but got ${data.length}`,
    });
  }
  return { shape, data };
}
