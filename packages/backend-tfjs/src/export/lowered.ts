import type { Shape, Tensor } from '@alexnet/core';
import type { Constant } from './constant.ts';
import type { NodeDef } from './graph-def.ts';

/** What one of our nodes becomes: TensorFlow nodes, the last of which has the name of its value, and constants that they read. */
export interface Lowered {
  readonly nodes: readonly NodeDef[];
  readonly constants?: readonly Constant[];
}

/** What a lowering may ask. */
export interface LoweringContext {
  /** Shape of a value of the graph, without batch: images are CxHxW. */
  shapeOf(value: string): Shape;
  /** A parameter's tensor. */
  parameter(name: string): Tensor;
  /** The image [c, h, w] whose elements a flat value has in the order HWC; undefined where their order is the graph's. */
  hwcOf(value: string): Shape | undefined;
  /** A name for a part of what a node, constant or parameter becomes, which no value or parameter of the graph has. */
  part(of: string, name: string): string;
}

/** One TensorFlow node. */
export function node(op: string, name: string, input: readonly string[], attr: NodeDef['attr'] = {}): NodeDef {
  return { name, op, input, attr };
}
