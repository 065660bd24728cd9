import type { GradientOpName } from '@alexnet/core';
import { gradientMistakesOf } from '../../diagnosis/gradients/index.ts';
import type { TrainingCall } from '../altered-trainer.ts';
import type { Fault } from './fault.ts';

/*
 * Every mistake that the diagnosis of gradients knows, made by a backend whose results are rounded: it must be caught, named and blamed on its value.
 */

/** The mistake's id, after the op; after `gradient/`, the check that must fail. */
const rows: Readonly<Partial<Record<GradientOpName, readonly (readonly [mistake: string, caughtBy: string])[]>>> = {
  conv2dWeightGradient: [
    ['last-sample-only', 'conv2d/plain'],
    ['first-sample-only', 'conv2d/many-samples'],
    ['divided-by-batch', 'conv2d/two-groups'],
    ['window-flipped', 'conv2d/plain'],
    ['stride-ignored', 'conv2d/as-conv1'],
    ['strides-swapped', 'conv2d/pads-and-stride'],
    ['pads-top-bottom-swapped', 'conv2d/pad-top'],
    ['pads-left-right-swapped', 'conv2d/pad-right'],
    ['rest-before-image', 'conv2d/pads-and-rest'],
    ['groups-mixed', 'conv2d/grouped-tails'],
  ],
  conv2dInputGradient: [
    ['window-not-flipped', 'conv2d/plain'],
    ['stride-ignored', 'conv2d/stride-over-window'],
    ['strides-swapped', 'conv2d/as-conv1'],
    ['pads-top-bottom-swapped', 'conv2d/padding-alone'],
    ['pads-left-right-swapped', 'conv2d/pad-left'],
    ['rest-before-image', 'conv2d/stride-tail'],
    ['groups-mixed', 'conv2d/three-groups'],
    ['not-accumulated', 'conv2d/plain/whole'],
  ],
  linearWeightGradient: [
    ['last-sample-only', 'linear/batch'],
    ['divided-by-batch', 'linear/many-samples'],
    ['written-transposed', 'linear/tails'],
  ],
  linearInputGradient: [['weight-not-transposed', 'linear/batch']],
  channelSum: [
    ['mean-for-sum', 'conv2d/plain'],
    ['mean-over-pixels', 'conv2d/two-groups'],
    ['last-sample-only', 'linear/batch'],
    ['divided-by-batch', 'linear/tails'],
  ],
  reluGradient: [
    ['sign-of-gradient', 'relu/image'],
    ['passes-all', 'relu/flat'],
  ],
  multiply: [
    ['unmasked', 'dropout/flat'],
    ['not-rescaled', 'dropout/image'],
  ],
  maxPool2dGradient: [
    ['last-maximum', 'maxPool2d/overlapping/whole'],
    ['all-maxima', 'maxPool2d/plain/whole'],
    ['not-accumulated', 'maxPool2d/much-overlap'],
    ['first-of-window', 'maxPool2d/plain'],
    ['smallest', 'maxPool2d/overlapping'],
    ['padding-ignored', 'maxPool2d/first-windows-padded'],
    ['pads-from-the-end', 'maxPool2d/zoo-pool5'],
  ],
  adaptiveAvgPool2dGradient: [
    ['not-divided', 'adaptiveAvgPool2d/divides'],
    ['not-accumulated', 'adaptiveAvgPool2d/overlaps'],
  ],
  lrnGradient: [
    ['without-second-term', 'lrn/distinct'],
    ['alpha-not-divided', 'lrn/strong'],
    ['window-as-forward', 'lrn/even-size'],
    ['second-term-halved', 'lrn/many-channels'],
    ['second-term-added', 'lrn/beta-one'],
    ['power-of-beta', 'lrn/strong'],
  ],
  batchVariance: [
    ['unbiased', 'batchNorm/image'],
    ['without-mean', 'batchNorm/flat'],
  ],
  batchNormalize: [
    ['epsilon-outside-root', 'batchNorm/large-epsilon'],
    ['moving-statistics', 'batchNorm/image'],
  ],
  batchNormScaleGradient: [
    ['of-input', 'batchNorm/image'],
    ['last-sample-only', 'batchNorm/large-batch'],
  ],
  batchNormInputGradient: [
    ['without-statistics', 'batchNorm/image'],
    ['without-variance', 'batchNorm/flat'],
    ['without-mean', 'batchNorm/pixels-alone'],
    ['divided-by-batch-only', 'batchNorm/keras-epsilon'],
    ['without-scale', 'batchNorm/image'],
  ],
  batchNormFixedGradient: [['without-scale', 'batchNorm/image-frozen']],
  softmaxGradient: [
    ['diagonal-only', 'softmax/batch'],
    ['without-sum', 'softmax/tail'],
  ],
  softmaxCrossEntropy: [
    ['smoothing-ignored', 'loss/smoothing'],
    ['overflows', 'loss/confident'],
  ],
  softmaxCrossEntropyGradient: [
    ['not-divided-by-batch', 'loss/batch'],
    ['divided-twice', 'loss/many-samples'],
    ['smoothing-ignored', 'loss/confident-smoothing'],
  ],
  meanLoss: [
    ['sum-for-mean', 'loss/batch'],
    ['penalties-left-out', 'loss/l2'],
  ],
  l2Penalty: [['halved', 'loss/l2']],
  l2Gradient: [
    ['not-doubled', 'loss/l2-and-smoothing'],
    ['left-out', 'loss/l2'],
  ],
  unflatten: [['channels-last', 'flatten/image']],
  pad2dGradient: [['pads-from-the-end', 'pad2d/differ']],
};

export const gradientFaults: readonly Fault[] = (Object.keys(rows) as GradientOpName[]).flatMap((op) =>
  rows[op]!.map(([mistake, caughtBy]): Fault => {
    const id = `${op}/${mistake}`;
    const { cause } = gradientMistakesOf(op).find((each) => each.id === id)!;
    return {
      id,
      name: `${cause.charAt(0).toLowerCase()}${cause.slice(1)}`,
      gradient: op,
      caughtBy: `gradient/${caughtBy}`,
      cause: id,
      alteration: { training: { node: (call) => (call.node.op === op ? wrong(call, id) : undefined) } },
    };
  }),
);

function wrong(call: TrainingCall, id: string): Float32Array | undefined {
  const found = gradientMistakesOf(call.node.op)
    .find((each) => each.id === id)
    ?.compute(call);
  return found === undefined ? undefined : Float32Array.from(found);
}
