import {
  type Floats,
  type FloatWeights,
  type Graph,
  inferShapes,
  type Node,
  type NodeOf,
  type Shape,
  type TensorMap,
  type TrainingShapes,
} from '@alexnet/core';

/** What a trainer may do otherwise where it runs its network as inference does. */
export type EvaluationMistake = 'first-weights' | 'batch-statistics' | 'dropout-scales';

/** A node that computes something in inference. */
export interface InferenceCall {
  readonly node: Exclude<Node, NodeOf<'dropout'>>;
  readonly operand: Float64Array;
  readonly shapes: TrainingShapes;
  readonly weights: FloatWeights;
  readonly batch: number;
}

/** Every value of a network, as inference has it or with a mistake; `compute` computes a node. */
export function inference(
  network: Graph,
  weights: FloatWeights,
  inputs: TensorMap,
  compute: (call: InferenceCall) => Floats,
  mistake?: EvaluationMistake,
): ReadonlyMap<string, { readonly shape: Shape; readonly data: Floats }> {
  const shapes: TrainingShapes = { ...inferShapes(network), overBatch: new Set() };
  const [batch] = inputs[network.inputs[0]!.name]!.shape as [number];
  const values = new Map<string, { readonly shape: Shape; readonly data: Floats }>(Object.entries(inputs));
  for (const node of network.nodes) {
    const { data } = values.get(node.inputs[0])!;
    const scaled = mistake === 'dropout-scales' && node.op === 'dropout' ? 1 - node.rate : 1;
    const own =
      mistake === 'batch-statistics' && node.op === 'batchNorm' ? ofBatch(node, weights, data, batch) : weights;
    values.set(node.name, {
      shape: [batch, ...shapes.values.get(node.name)!],
      data:
        node.op === 'dropout'
          ? data.map((value) => value * scaled)
          : compute({ node, operand: Float64Array.from(data), shapes, weights: own, batch }),
    });
  }
  return values;
}

/** The weights with the batch's own mean and variance in place of the moving ones. */
function ofBatch(
  { mean, variance }: NodeOf<'batchNorm'>,
  weights: FloatWeights,
  data: Floats,
  batch: number,
): FloatWeights {
  const { shape } = weights.get(mean)!;
  const channels = shape[0]!;
  const plane = data.length / batch / channels;
  const [means, variances] = [new Float64Array(channels), new Float64Array(channels)];
  const each = (visit: (c: number, value: number) => void) => {
    for (let i = 0; i < data.length; i++) visit(Math.floor(i / plane) % channels, data[i]!);
  };
  const count = batch * plane;
  each((c, value) => {
    means[c]! += value / count;
  });
  each((c, value) => {
    variances[c]! += (value - means[c]!) ** 2 / count;
  });
  return new Map([...weights, [mean, { shape, data: means }], [variance, { shape, data: variances }]]);
}
