import type { Node } from '@alexnet/core';
import type { OnnxNode } from '../../onnx/read-node.ts';
import type { Scope } from '../scope.ts';

/** What an operator is read from. */
export interface Reading {
  readonly node: OnnxNode;
  readonly scope: Scope;
  /** What the node of ours is to be called. */
  readonly name: string;
}

/** Makes a node of ONNX one of ours, which computes the same. Refuses where none of ours does. */
export type Operator = (reading: Reading) => Node | Promise<Node>;
