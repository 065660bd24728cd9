import { float32, int64 } from '../model/constants.ts';
import type { Lowered } from '../model/lowered.ts';
import type { Initializer, OnnxNode } from '../model/onnx.ts';

/** Writes ONNX nodes one after the other. */
export interface Writer {
  /** Adds a node and returns the name of its (first) output, which is the node's name too. */
  node(op: string, name: string, inputs: readonly string[], attributes?: OnnxNode['attributes']): string;
  /** A constant of whole numbers: shapes, axes, places. Written once for each name. */
  ints(name: string, values: readonly number[]): string;
  /** A scalar. */
  scalar(value: number): string;
  floats(name: string, shape: readonly number[], data: Float32Array): string;
  add(lowered: Lowered): void;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly Initializer[];
}

export function createWriter(): Writer {
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, Initializer>();
  const constant = (initializer: Initializer) => {
    constants.set(initializer.name, initializer);
    return initializer.name;
  };
  return {
    node(op, name, inputs, attributes) {
      nodes.push({ op, name, inputs, output: name, ...(attributes === undefined ? {} : { attributes }) });
      return name;
    },
    ints: (name, values) => constant(int64(name, values)),
    scalar: (value) => constant(float32(`scalar:${value}`, [], Float32Array.of(value))),
    floats: (name, shape, data) => constant(float32(name, shape, data)),
    add(lowered) {
      nodes.push(...lowered.nodes);
      for (const initializer of lowered.constants) constant(initializer);
    },
    nodes,
    get constants() {
      return [...constants.values()];
    },
  };
}
