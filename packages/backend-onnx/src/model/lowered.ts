import type { Pads, Shape } from '@alexnet/core';
import type { Part } from './held.ts';
import type { Initializer, OnnxNode } from './onnx.ts';

/** What one node of our graph becomes: ONNX nodes, the last of which produces the node's value, and constants. */
export interface Lowered {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly Initializer[];
  /** What the nodes read instead of whole parameters. */
  readonly views?: readonly ParameterView[];
}

/** A run of a parameter's elements under another name and shape. */
export interface ParameterView {
  readonly name: string;
  readonly parameter: string;
  readonly part: Part;
  /** Index of the part's first element. */
  readonly from: number;
  readonly shape: Shape;
}

export function one(
  op: string,
  name: string,
  inputs: readonly string[],
  attributes: OnnxNode['attributes'] = {},
): Lowered {
  return { nodes: [{ op, name, inputs, output: name, attributes }], constants: [] };
}

export function optional(name: string | undefined): string[] {
  return name === undefined ? [] : [name];
}

export function padList({ top, left, bottom, right }: Pads): number[] {
  return [top, left, bottom, right];
}
