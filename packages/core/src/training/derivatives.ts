import type { Shape } from '../tensor.ts';
import { batchStatistics } from './batch-statistics.ts';
import type { ForwardNode, TrainingNode } from './training-graph.ts';

/** What a derivative rule may ask and do. */
export interface Backward {
  /** The value that holds the gradient of the node's own value. */
  readonly gradient: string;
  shapeOf(value: string): Shape;
  shapeOfParameter(name: string): Shape;
  trained(parameter: string): boolean;
  wanted(value: string): boolean;
  /** Adds a node that computes the gradient of a value that the node reads, if it is wanted. */
  give(value: string, make: (name: string) => TrainingNode): void;
  /** Adds a node that computes the gradient of a parameter, if it is trained. */
  train(parameter: string, make: (name: string) => TrainingNode): void;
  /** Adds a node that the others read. */
  emit(node: TrainingNode): void;
}

/** The derivative of one forward node: which nodes pass its gradient on. The formulas are at the gradient ops. */
export function deriveNode(node: ForwardNode, backward: Backward): void {
  const { gradient: dy, shapeOf, give, train } = backward;
  switch (node.op) {
    case 'conv2d': {
      const { weight, bias, stride, pads, groups } = node;
      const [x] = node.inputs;
      const sliding = { stride, pads, groups };
      const [, , height, width] = backward.shapeOfParameter(weight) as [number, number, number, number];
      train(weight, (name) => ({
        op: 'conv2dWeightGradient',
        name,
        inputs: [x, dy],
        kernel: [height, width],
        ...sliding,
      }));
      if (bias !== undefined) train(bias, (name) => ({ op: 'channelSum', name, inputs: [dy] }));
      give(x, (name) => ({ op: 'conv2dInputGradient', name, inputs: [dy], weight, shape: shapeOf(x), ...sliding }));
      return;
    }
    case 'linear': {
      const { weight, bias } = node;
      const [x] = node.inputs;
      train(weight, (name) => ({ op: 'linearWeightGradient', name, inputs: [x, dy] }));
      if (bias !== undefined) train(bias, (name) => ({ op: 'channelSum', name, inputs: [dy] }));
      give(x, (name) => ({ op: 'linearInputGradient', name, inputs: [dy], weight }));
      return;
    }
    case 'relu':
      give(node.inputs[0], (name) => ({ op: 'reluGradient', name, inputs: [node.name, dy] }));
      return;
    case 'lrn': {
      const { size, alpha, beta, bias } = node;
      const [x] = node.inputs;
      give(x, (name) => ({ op: 'lrnGradient', name, inputs: [x, dy], size, alpha, beta, bias }));
      return;
    }
    case 'maxPool2d': {
      const { kernel, stride, pads, ceilMode } = node;
      const [x] = node.inputs;
      give(x, (name) => ({ op: 'maxPool2dGradient', name, inputs: [x, dy], kernel, stride, pads, ceilMode }));
      return;
    }
    case 'adaptiveAvgPool2d': {
      const [x] = node.inputs;
      give(x, (name) => ({ op: 'adaptiveAvgPool2dGradient', name, inputs: [dy], shape: shapeOf(x) }));
      return;
    }
    case 'pad2d':
      give(node.inputs[0], (name) => ({ op: 'pad2dGradient', name, inputs: [dy], pads: node.pads }));
      return;
    case 'flatten': {
      const [x] = node.inputs;
      give(x, (name) => ({ op: 'unflatten', name, inputs: [dy], shape: shapeOf(x) }));
      return;
    }
    case 'multiply': {
      const [x, mask] = node.inputs;
      give(x, (name) => ({ op: 'multiply', name, inputs: [dy, mask] }));
      return;
    }
    case 'softmax':
      give(node.inputs[0], (name) => ({ op: 'softmaxGradient', name, inputs: [node.name, dy] }));
      return;
    case 'batchNorm': {
      const { scale, variance, epsilon } = node;
      give(node.inputs[0], (name) => ({ op: 'batchNormFixedGradient', name, inputs: [dy], scale, variance, epsilon }));
      return;
    }
    case 'batchNormalize':
      deriveBatchNorm(node, backward);
      return;
    case 'batchMean':
    case 'batchVariance':
      return; // their part is in what batchNormalize passes on
  }
}

/** The gradients of scale and bias are needed for that of the input, whether they are trained or not. */
function deriveBatchNorm(
  { name: norm, inputs: [x], scale, bias, epsilon }: Extract<TrainingNode, { op: 'batchNormalize' }>,
  { gradient: dy, give, train, emit, trained, wanted }: Backward,
): void {
  const statistics = batchStatistics(norm);
  const of = (parameter: string) => `${parameter}.gradient`;
  const make = {
    scale: (name: string) => ({ op: 'batchNormScaleGradient', name, inputs: [x, ...statistics, dy], epsilon }) as const,
    bias: (name: string) => ({ op: 'channelSum', name, inputs: [dy] }) as const,
  };
  train(scale, make.scale);
  train(bias, make.bias);
  if (!wanted(x)) return;
  if (!trained(scale)) emit(make.scale(of(scale)));
  if (!trained(bias)) emit(make.bias(of(bias)));
  give(x, (name) => ({
    op: 'batchNormInputGradient',
    name,
    inputs: [x, ...statistics, dy, of(scale), of(bias)],
    scale,
    epsilon,
  }));
}
