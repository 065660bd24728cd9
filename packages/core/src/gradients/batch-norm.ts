import { type ForwardArgs, type NodeBase, only } from '../ops/op.ts';
import { type GradientOp, planeOf } from './gradient-op.ts';

/*
 * Batch normalisation in training (Ioffe & Szegedy 2015, algorithm 1) and its gradients, on CxHxW and on flat values. With M = batch * H * W
 * and, per channel, mean m and variance v = sum of (x - m)^2 / M of this batch:
 *
 *     xhat = (x - m) / sqrt(v + epsilon),   y = scale * xhat + bias
 */

/** Per channel, the mean over the batch and all places. Reads `[x]`. */
export interface BatchMeanNode extends NodeBase {
  readonly op: 'batchMean';
  readonly inputs: readonly [x: string];
}

export const batchMean: GradientOp<BatchMeanNode> = {
  op: 'batchMean',
  overBatch: true,
  parameters: () => [],
  infer: (_node, inputs) => [only(inputs)[0] ?? 1],
  macs: () => 0,
  forward: (_node, args) => means(args, (x) => x),
  accumulation: { terms: (_node, args) => countOf(args), magnitude: (_node, args) => means(args, Math.abs) },
};

/** Per channel, the mean square distance from the mean, over the batch and all places (not corrected: divided by M). Reads `[x, mean]`. */
export interface BatchVarianceNode extends NodeBase {
  readonly op: 'batchVariance';
  readonly inputs: readonly [x: string, mean: string];
}

export const batchVariance: GradientOp<BatchVarianceNode> = {
  op: 'batchVariance',
  overBatch: true,
  parameters: () => [],
  infer: (_node, [x]) => [x?.[0] ?? 1],
  macs: () => 0,
  forward(_node, args) {
    const mean = args.inputs[1]!.data;
    return means(args, (x, c) => (x - mean[c]!) ** 2);
  },
  accumulation: {
    terms: (_node, args) => countOf(args),
    magnitude(_node, args) {
      const mean = args.inputs[1]!.data;
      return means(args, (x, c) => (Math.abs(x) + Math.abs(mean[c]!)) ** 2);
    },
  },
};

/** y = (x - mean) / sqrt(variance + epsilon) * scale + bias, with the batch's own statistics. Reads `[x, mean, variance]`. */
export interface BatchNormalizeNode extends NodeBase {
  readonly op: 'batchNormalize';
  readonly inputs: readonly [x: string, mean: string, variance: string];
  readonly scale: string;
  readonly bias: string;
  readonly epsilon: number;
}

export const batchNormalize: GradientOp<BatchNormalizeNode> = {
  op: 'batchNormalize',
  overBatch: false,
  parameters: (node) => [node.scale, node.bias],
  infer: (_node, [x], _parameters, fail) => x ?? fail('Needs a value and its statistics'),
  macs: () => 0,
  forward(node, args) {
    const [x, mean, variance] = args.inputs.map(({ data }) => data) as [Float64Array, Float64Array, Float64Array];
    const [scale, bias] = [args.parameter(node.scale).data, args.parameter(node.bias).data];
    return perElement(args, x, (value, c) => {
      return ((value - mean[c]!) / Math.sqrt(variance[c]! + node.epsilon)) * scale[c]! + bias[c]!;
    });
  },
  accumulation: {
    terms: () => 4,
    magnitude(node, args) {
      const [x, mean, variance] = args.inputs.map(({ data }) => data) as [Float64Array, Float64Array, Float64Array];
      const [scale, bias] = [args.parameter(node.scale).data, args.parameter(node.bias).data];
      return perElement(args, x, (value, c) => {
        const distance = (Math.abs(value) + Math.abs(mean[c]!)) / Math.sqrt(variance[c]! + node.epsilon);
        return distance * Math.abs(scale[c]!) + Math.abs(bias[c]!);
      });
    },
  },
};

/** What the scale adds to the loss: the sum of dy * xhat. Reads `[x, mean, variance, dy]`. */
export interface BatchNormScaleGradientNode extends NodeBase {
  readonly op: 'batchNormScaleGradient';
  readonly inputs: readonly [x: string, mean: string, variance: string, dy: string];
  readonly epsilon: number;
}

export const batchNormScaleGradient: GradientOp<BatchNormScaleGradientNode> = {
  op: 'batchNormScaleGradient',
  overBatch: true,
  parameters: () => [],
  infer: (_node, [x]) => [x?.[0] ?? 1],
  macs: () => 0,
  forward: (node, args) => scaleGradient(node, args, (dy, x, mean) => dy * (x - mean)),
  accumulation: {
    terms: (_node, args) => countOf(args),
    magnitude: (node, args) =>
      scaleGradient(node, args, (dy, x, mean) => Math.abs(dy) * (Math.abs(x) + Math.abs(mean))),
  },
};

/** ds[c] = sum over n,p of dy * xhat */
function scaleGradient(
  node: BatchNormScaleGradientNode,
  args: ForwardArgs,
  product: (dy: number, x: number, mean: number) => number,
): Float64Array {
  const [x, mean, variance, dy] = fourOf(args);
  const channels = args.output[0]!;
  const out = new Float64Array(channels);
  eachElement(args, (i, c) => {
    out[c]! += product(dy[i]!, x[i]!, mean[c]!);
  });
  for (let c = 0; c < channels; c++) out[c]! /= Math.sqrt(variance[c]! + node.epsilon);
  return out;
}

/**
 * What the input adds to the loss, through the value and through the batch's statistics, from the gradients of scale and bias.
 * Reads `[x, mean, variance, dy, scale gradient, bias gradient]`.
 */
export interface BatchNormInputGradientNode extends NodeBase {
  readonly op: 'batchNormInputGradient';
  readonly inputs: readonly [x: string, mean: string, variance: string, dy: string, ds: string, db: string];
  readonly scale: string;
  readonly epsilon: number;
}

export const batchNormInputGradient: GradientOp<BatchNormInputGradientNode> = {
  op: 'batchNormInputGradient',
  overBatch: false,
  parameters: (node) => [node.scale],
  infer: (_node, [x], _parameters, fail) => x ?? fail('Needs a value, its statistics and gradients'),
  macs: () => 0,

  /** dx = scale / sqrt(v + epsilon) * (dy - db / M - xhat * ds / M) */
  forward(node, args) {
    const [x, mean, variance, dy] = fourOf(args);
    const [ds, db] = [args.inputs[4]!.data, args.inputs[5]!.data];
    const scale = args.parameter(node.scale).data;
    const count = countOf(args);
    return perElement(args, x, (value, c, i) => {
      const deviation = Math.sqrt(variance[c]! + node.epsilon);
      const xhat = (value - mean[c]!) / deviation;
      return (scale[c]! / deviation) * (dy[i]! - db[c]! / count - (xhat * ds[c]!) / count);
    });
  },

  accumulation: {
    terms: () => 6,
    magnitude(node, args) {
      const [x, mean, variance, dy] = fourOf(args);
      const [ds, db] = [args.inputs[4]!.data, args.inputs[5]!.data];
      const scale = args.parameter(node.scale).data;
      const count = countOf(args);
      return perElement(args, x, (value, c, i) => {
        const deviation = Math.sqrt(variance[c]! + node.epsilon);
        const xhat = (Math.abs(value) + Math.abs(mean[c]!)) / deviation;
        return (
          (Math.abs(scale[c]!) / deviation) *
          (Math.abs(dy[i]!) + Math.abs(db[c]!) / count + (xhat * Math.abs(ds[c]!)) / count)
        );
      });
    },
  },
};

/** The input's gradient of batch norm whose statistics are fixed: of a frozen layer. Reads `[dy]`. */
export interface BatchNormFixedGradientNode extends NodeBase {
  readonly op: 'batchNormFixedGradient';
  readonly inputs: readonly [dy: string];
  readonly scale: string;
  readonly variance: string;
  readonly epsilon: number;
}

export const batchNormFixedGradient: GradientOp<BatchNormFixedGradientNode> = {
  op: 'batchNormFixedGradient',
  overBatch: false,
  parameters: (node) => [node.scale, node.variance],
  infer: (_node, inputs) => only(inputs),
  macs: () => 0,

  /** dx = dy * scale / sqrt(variance + epsilon) */
  forward(node, args) {
    const [scale, variance] = [args.parameter(node.scale).data, args.parameter(node.variance).data];
    return perElement(args, only(args.inputs).data, (dy, c) => {
      return (dy * scale[c]!) / Math.sqrt(variance[c]! + node.epsilon);
    });
  },

  accumulation: {
    terms: () => 2,
    magnitude: (node, args) => batchNormFixedGradient.forward(node, args).map(Math.abs),
  },
};

function fourOf(args: ForwardArgs): [Float64Array, Float64Array, Float64Array, Float64Array] {
  const [x, mean, variance, dy] = args.inputs.map(({ data }) => data);
  return [x!, mean!, variance!, dy!];
}

/** M: how many values one channel has in the batch. */
function countOf(args: ForwardArgs): number {
  return args.batch * planeOf(args.inputs[0]!.shape);
}

/** Per channel, the mean of a function over the batch and all places. */
function means(args: ForwardArgs, of: (x: number, channel: number) => number): Float64Array {
  const x = args.inputs[0]!.data;
  const out = new Float64Array(args.output[0]!);
  eachElement(args, (i, c) => {
    out[c]! += of(x[i]!, c);
  });
  const count = countOf(args);
  return out.map((sum) => sum / count);
}

function perElement(
  args: ForwardArgs,
  x: Float64Array,
  of: (x: number, channel: number, index: number) => number,
): Float64Array {
  const y = new Float64Array(x.length);
  eachElement(args, (i, c) => {
    y[i] = of(x[i]!, c, i);
  });
  return y;
}

/** Every element of the first input, with its channel. */
function eachElement(args: ForwardArgs, visit: (index: number, channel: number) => void): void {
  const { shape, data } = args.inputs[0]!;
  const [channels] = shape as [number];
  const plane = planeOf(shape);
  for (let at = 0; at < data.length; at += plane) {
    const c = (at / plane) % channels;
    for (let i = at; i < at + plane; i++) visit(i, c);
  }
}
