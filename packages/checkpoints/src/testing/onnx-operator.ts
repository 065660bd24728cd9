import { type Attributes, graphInput, le, type ModelFields, networkModel, node, tensor } from '../onnx/onnx-bytes.ts';
import { bytes } from './proto-bytes.ts';

/* Models of one operator, for tests. */

const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const ramp = (shape: readonly number[]) => Float32Array.from({ length: count(shape) }, (_, i) => i / 8 - 1);
export const floats = (name: string, dims: readonly number[], data: Float32Array = ramp(dims)) =>
  tensor({ name, dims, more: [bytes(9, le(data))] });
export const integers = (name: string, values: readonly number[]) =>
  tensor({ name, dims: [values.length], type: 7, more: [bytes(9, le(BigInt64Array.from(values, BigInt)))] });

export interface One {
  readonly op: string;
  readonly shape?: readonly (number | string)[];
  /** Shapes of further inputs that are float32 constants. */
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  readonly attributes?: Attributes;
  readonly more?: ModelFields;
  /** Names of inputs that are declared in `more`. */
  readonly others?: readonly string[];
}

/** A model of one node that reads `x` and gives `y`. */
export function one({ op, shape = ['N', 2, 6, 9], weights = {}, attributes, more = {}, others = [] }: One): Uint8Array {
  return networkModel({
    opset: 21,
    nodes: [node(op, ['x', ...Object.keys(weights), ...others], attributes, 'y')],
    outputs: ['y'],
    ...more,
    inputs: [graphInput('x', shape), ...(more.inputs ?? [])],
    initializers: [...Object.entries(weights).map(([name, dims]) => floats(name, dims)), ...(more.initializers ?? [])],
  });
}
