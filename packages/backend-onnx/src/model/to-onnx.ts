import { checkOutputs, checkWeights, type Graph, type Weights } from '@alexnet/core';
import { buildModel } from './model.ts';
import { encodeModel } from './onnx.ts';

export interface ToOnnxOptions {
  /** Values that the model returns. Default: `graph.outputs`. */
  readonly outputs?: readonly string[];
}

/**
 * An ONNX model file of a graph with its weights, as chunks to be written one after the other; parameters are not copied.
 * Opset 21, plain ONNX operators, batch dimension `N`. Readers that follow protobuf's limit take files up to 2 GB.
 * Errors: `invalid-graph`, `invalid-weights`, `unknown-name`.
 */
export function toOnnx(graph: Graph, weights: Weights, { outputs }: ToOnnxOptions = {}): readonly Uint8Array[] {
  checkWeights(graph, weights);
  return encodeModel(buildModel(graph, weights, { lrn: 'operator', outputs: checkOutputs(graph, outputs) })).chunks;
}
