import type { Pads, Pair } from '../ops/op.ts';
import type { Shape } from '../tensor.ts';
import type { Graph, Named, Node } from './graph.ts';
import { inferShapes } from './infer.ts';

/** A number for both dimensions, or `[height, width]`. */
type Extent = number | Pair;
/** A number for all sides, or some sides (the others 0). */
type Padding = number | Partial<Pads>;

/**
 * Writes a straight-line network layer by layer: each call reads what the one before produced.
 * Parameters are declared on the way, named `<layer>.weight`, `<layer>.bias` (batch norm: `.scale .bias .mean .variance`).
 * Errors: `invalid-graph` from the layer that does not fit.
 */
export interface GraphBuilder {
  conv2d(
    name: string,
    channels: number,
    kernel: Extent,
    options?: { stride?: Extent; pads?: Padding; groups?: number },
  ): GraphBuilder;
  linear(name: string, features: number): GraphBuilder;
  relu(name: string): GraphBuilder;
  /** `alpha` in ONNX's convention: divided by `size`. */
  lrn(name: string, options: { size: number; alpha: number; beta: number; bias: number }): GraphBuilder;
  maxPool2d(
    name: string,
    kernel: Extent,
    options: { stride: Extent; pads?: Padding; ceilMode?: boolean },
  ): GraphBuilder;
  adaptiveAvgPool2d(name: string, output: Extent): GraphBuilder;
  batchNorm(name: string, epsilon: number): GraphBuilder;
  pad2d(name: string, pads: Padding): GraphBuilder;
  flatten(name: string): GraphBuilder;
  dropout(name: string, rate: number): GraphBuilder;
  softmax(name: string): GraphBuilder;
  /** Ends the graph. Default output: the last layer. */
  build(outputs?: readonly string[]): Graph;
}

/** Starts a graph with one input of the given shape (without batch), e.g. `[3, 227, 227]`. */
export function buildGraph(name: string, input: Named): GraphBuilder {
  const nodes: Node[] = [];
  const parameters: Named[] = [];
  let shape: Shape = input.shape;
  let last = input.name;

  const declare = (parameter: string, extents: Shape) => {
    parameters.push({ name: parameter, shape: extents });
    return parameter;
  };
  const append = (node: Node) => {
    nodes.push(node);
    last = node.name;
    shape = inferShapes({ name, inputs: [input], parameters, nodes, outputs: [last] }).values.get(last) ?? [];
    return builder;
  };
  const at = (layer: string) => ({ name: layer, inputs: [last] as const });

  const builder: GraphBuilder = {
    conv2d(layer, channels, kernel, { stride = 1, pads = 0, groups = 1 } = {}) {
      const weight = declare(`${layer}.weight`, [channels, (shape[0] ?? 0) / groups, ...pair(kernel)]);
      const bias = declare(`${layer}.bias`, [channels]);
      return append({ op: 'conv2d', ...at(layer), weight, bias, stride: pair(stride), pads: sides(pads), groups });
    },
    linear(layer, features) {
      const weight = declare(`${layer}.weight`, [features, shape[0] ?? 0]);
      const bias = declare(`${layer}.bias`, [features]);
      return append({ op: 'linear', ...at(layer), weight, bias });
    },
    relu: (layer) => append({ op: 'relu', ...at(layer) }),
    lrn: (layer, options) => append({ op: 'lrn', ...at(layer), ...options }),
    maxPool2d: (layer, kernel, { stride, pads = 0, ceilMode = false }) =>
      append({
        op: 'maxPool2d',
        ...at(layer),
        kernel: pair(kernel),
        stride: pair(stride),
        pads: sides(pads),
        ceilMode,
      }),
    adaptiveAvgPool2d: (layer, output) => append({ op: 'adaptiveAvgPool2d', ...at(layer), output: pair(output) }),
    batchNorm(layer, epsilon) {
      const [scale, bias, mean, variance] = (['scale', 'bias', 'mean', 'variance'] as const).map((part) =>
        declare(`${layer}.${part}`, [shape[0] ?? 0]),
      ) as [string, string, string, string];
      return append({ op: 'batchNorm', ...at(layer), scale, bias, mean, variance, epsilon });
    },
    pad2d: (layer, pads) => append({ op: 'pad2d', ...at(layer), pads: sides(pads) }),
    flatten: (layer) => append({ op: 'flatten', ...at(layer) }),
    dropout: (layer, rate) => append({ op: 'dropout', ...at(layer), rate }),
    softmax: (layer) => append({ op: 'softmax', ...at(layer) }),
    build: (outputs = [last]) => ({ name, inputs: [input], parameters, nodes, outputs }),
  };
  return builder;
}

function pair(extent: Extent): Pair {
  return typeof extent === 'number' ? [extent, extent] : extent;
}

function sides(pads: Padding): Pads {
  const [every, some] = typeof pads === 'number' ? [pads, {}] : [0, pads];
  return { top: every, left: every, bottom: every, right: every, ...some };
}
