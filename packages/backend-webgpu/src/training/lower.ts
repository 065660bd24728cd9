import type { GradientNode, GradientNodeOf, GradientOpName, NodeOf, Pads } from '@alexnet/core';
import { type Layout, vectorsOf } from '../plan/layout.ts';
import type { Context, Lowered } from '../plan/lower.ts';
import { pack, padded } from '../plan/moves.ts';
import type { Dispatch, Word } from '../plan/step.ts';
import { vectorConstant } from '../plan/weights.ts';
import { bySample, type Computation, elementwise, type GradientContext, overVectors } from './computation.ts';
import { convolutionInputGradient, linearInputGradient } from './input-gradients.ts';
import { l2Gradient, l2Penalty, meanLoss } from './loss.ts';
import { batchMean, batchNormScaleGradient, batchVariance, channelSum } from './reductions.ts';
import { convolutionWeightGradient, linearWeightGradient } from './weight-gradients.ts';

type GradientLowering<N> = (node: N, context: GradientContext) => Computation;

/** One lowering per op; the type makes a forgotten op an error. */
const lowerings: { readonly [K in GradientOpName]: GradientLowering<GradientNodeOf<K>> } = {
  conv2dInputGradient: convolutionInputGradient,
  conv2dWeightGradient: convolutionWeightGradient,
  linearInputGradient,
  linearWeightGradient,
  channelSum,
  batchMean,
  batchVariance,
  batchNormScaleGradient,
  meanLoss,
  l2Penalty,
  l2Gradient,

  reluGradient: ({ name, inputs }, context) =>
    elementwise(name, context, () => ({ kernel: 'relu-gradient', inputs, params: [] })),

  multiply: ({ name, inputs }, context) =>
    elementwise(name, context, () => ({ kernel: 'multiply', inputs, params: [] })),

  lrnGradient({ name, inputs: [x, dy], size, alpha, beta, bias }, context) {
    const { channels, vectors } = context.layout(name);
    const before = Math.floor((size - 1) / 2);
    const floats = [alpha / size, beta, bias].map((float) => ({ float }));
    const params = [vectors, channels, before, size - 1 - before, ...floats];
    const scratch = `${name}.shares`;
    return {
      buffers: (batch) => both(name, scratch, context.bytesOf(name, batch), context.bytesOf(name, batch)),
      plan(batch) {
        const vec4s = batch * vectorsOf(context.layout(name));
        return [
          overVectors(scratch, vec4s, { kernel: 'lrn-shares', inputs: [x, dy], params }),
          overVectors(name, vec4s, { kernel: 'lrn-gradient', inputs: [scratch, x, dy], params }),
        ];
      },
    };
  },

  maxPool2dGradient({ name, inputs: [x, dy], kernel, stride, pads }, context) {
    const [image, pooled] = [context.layout(x), context.layout(dy)];
    const windows = [...kernel, ...stride, pads.top, pads.left];
    const params = [image.vectors, pooled.height, pooled.width, image.height, image.width, ...windows];
    const scratch = `${name}.places`;
    return {
      buffers: (batch) => both(name, scratch, context.bytesOf(name, batch), context.bytesOf(dy, batch)),
      plan: (batch) => [
        overVectors(scratch, batch * vectorsOf(pooled), { kernel: 'max-pool2d-places', inputs: [x], params }),
        overVectors(name, batch * vectorsOf(image), {
          kernel: 'max-pool2d-gradient',
          inputs: [scratch, dy],
          params,
        }),
      ],
    };
  },

  adaptiveAvgPool2dGradient({ name, inputs }, context) {
    const [x, y] = [context.layout(name), context.layout(inputs[0])];
    const params = [x.vectors, y.height, y.width, x.height, x.width];
    return elementwise(name, context, () => ({ kernel: 'adaptive-avg-pool2d-gradient', inputs, params }));
  },

  pad2dGradient: ({ name, inputs: [dy], pads }, context) =>
    moved(name, context, (batch) => cropped(dy, name, context, pads, batch)),

  unflatten: ({ name, inputs: [dy] }, context) =>
    moved(name, context, (batch) => pack(dy, name, context.layout(name), batch, context.layout(dy).vectors * 4)),

  softmaxGradient: ({ name, inputs }, context) =>
    bySample(name, context, { kernel: 'softmax-gradient', inputs, params: () => [] }),

  softmaxCrossEntropy: ({ name, inputs, smoothing }, context) =>
    bySample(name, context, { kernel: 'softmax-cross-entropy', inputs, params: () => [{ float: smoothing }] }),

  softmaxCrossEntropyGradient: ({ name, inputs, smoothing }, context) =>
    bySample(name, context, {
      kernel: 'softmax-cross-entropy-gradient',
      inputs,
      params: (batch) => [batch, { float: smoothing }],
    }),

  batchNormalize({ name, inputs, scale, bias, epsilon }, context) {
    const layout = context.layout(name);
    const constants = [scale, bias].map((parameter) => listOf(parameter, layout, context));
    const params = perChannel(layout, epsilon);
    return elementwise(name, context, () => ({ kernel: 'batch-normalize', inputs, params, constants }));
  },

  batchNormInputGradient({ name, inputs, scale, epsilon }, context) {
    const layout = context.layout(name);
    const constants = [listOf(scale, layout, context)];
    return elementwise(name, context, (batch) => ({
      kernel: 'batch-norm-input-gradient',
      inputs,
      params: [layout.vectors, layout.channels, batch * layout.height * layout.width, { float: epsilon }],
      constants,
    }));
  },

  batchNormFixedGradient({ name, inputs, scale, variance, epsilon }, context) {
    const layout = context.layout(name);
    const constants = [scale, variance].map((parameter) => listOf(parameter, layout, context));
    const params = perChannel(layout, epsilon);
    return elementwise(name, context, () => ({ kernel: 'batch-norm-fixed-gradient', inputs, params, constants }));
  },
};

/** Lowers a node that only training needs. */
export function lowerGradient(node: GradientNode, context: GradientContext): Computation {
  return (lowerings[node.op] as GradientLowering<GradientNode>)(node, context);
}

/** Batch norm with the moving statistics as they are on the device: inference's lowering computes with those of its compilation. */
export function lowerMovingBatchNorm(node: NodeOf<'batchNorm'>, context: Context): Lowered {
  const { name, mean, variance, scale, bias, epsilon } = node;
  const [reads] = node.inputs;
  const layout = context.layout(name);
  const constants = [mean, variance, scale, bias].map((parameter) => listOf(parameter, layout, context));
  const params = perChannel(layout, epsilon);
  return {
    nodes: name,
    reads,
    writes: name,
    plan: (batch) => [
      overVectors(name, batch * vectorsOf(layout), { kernel: 'batch-normalize', inputs: [reads], params, constants }),
    ],
  };
}

/** The buffer of a parameter of batch norm, whichever nodes read it. Buffers of other layers have the names of these. */
function listOf(parameter: string, { channels }: Layout, { constant }: Context): string {
  return constant(`parameter ${parameter}`, vectorConstant(channels, [parameter]));
}

function perChannel({ vectors, channels }: Layout, epsilon: number): Word[] {
  return [vectors, channels, { float: epsilon }];
}

function both(name: string, scratch: string, bytes: number, scratchBytes: number): ReadonlyMap<string, number> {
  return new Map([
    [name, bytes],
    [scratch, scratchBytes],
  ]);
}

function moved(name: string, { bytesOf }: GradientContext, move: (batch: number) => Dispatch): Computation {
  return { buffers: (batch) => new Map([[name, bytesOf(name, batch)]]), plan: (batch) => [move(batch)] };
}

/** What lies inside the padding: padding by less than nothing. */
function cropped(from: string, to: string, { layout }: Context, { top, left }: Pads, batch: number): Dispatch {
  return padded(from, to, layout(from), layout(to), { top: -top, left: -left }, batch);
}
