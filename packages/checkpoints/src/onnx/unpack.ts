import type { CheckpointTensor } from '../checkpoint-file.ts';
import type { OnnxNode } from './read-node.ts';

/** A weight that a node makes of quantised parts. */
export interface Unpacked {
  /** The value that it is from then on. */
  readonly name: string;
  readonly tensor: CheckpointTensor;
  /** Which of the node's inputs are its parts: nobody needs them apart. */
  readonly parts: readonly number[];
}

/** Makes a node's weight of those of its inputs that are tensors of the file; undefined when it computes with something else. */
export type Unpack = (node: OnnxNode, inputs: readonly (CheckpointTensor | undefined)[]) => Unpacked | undefined;
