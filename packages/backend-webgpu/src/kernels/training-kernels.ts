import adadelta from './adadelta.wgsl?raw';
import adaptiveAvgPool2dGradient from './adaptive-avg-pool2d-gradient.wgsl?raw';
import addPenalty from './add-penalty.wgsl?raw';
import batchNormFixedGradient from './batch-norm-fixed-gradient.wgsl?raw';
import batchNormInputGradient from './batch-norm-input-gradient.wgsl?raw';
import batchNormScaleGradient from './batch-norm-scale-gradient.wgsl?raw';
import batchNormalize from './batch-normalize.wgsl?raw';
import batchVariance from './batch-variance.wgsl?raw';
import channelSum from './channel-sum.wgsl?raw';
import clipFactor from './clip-factor.wgsl?raw';
import conv2dInputGradient from './conv2d-input-gradient.wgsl?raw';
import conv2dInputGradientScalar from './conv2d-input-gradient-scalar.wgsl?raw';
import conv2dWeightGradient from './conv2d-weight-gradient.wgsl?raw';
import conv2dWeightGradientScalar from './conv2d-weight-gradient-scalar.wgsl?raw';
import l2Gradient from './l2-gradient.wgsl?raw';
import lrnGradient from './lrn-gradient.wgsl?raw';
import lrnShares from './lrn-shares.wgsl?raw';
import maxPool2dGradient from './max-pool2d-gradient.wgsl?raw';
import maxPool2dPlaces from './max-pool2d-places.wgsl?raw';
import meanLoss from './mean-loss.wgsl?raw';
import moveStatistic from './move-statistic.wgsl?raw';
import multiply from './multiply.wgsl?raw';
import reluGradient from './relu-gradient.wgsl?raw';
import rmsprop from './rmsprop.wgsl?raw';
import sgd from './sgd.wgsl?raw';
import sgdMomentum from './sgd-momentum.wgsl?raw';
import softmaxCrossEntropy from './softmax-cross-entropy.wgsl?raw';
import softmaxCrossEntropyGradient from './softmax-cross-entropy-gradient.wgsl?raw';
import softmaxGradient from './softmax-gradient.wgsl?raw';
import sumParts from './sum-parts.wgsl?raw';
import sumSquares from './sum-squares.wgsl?raw';
import total from './total.wgsl?raw';

/** The kernels that only training runs, by the names of their files. */
export const trainingKernels = {
  adadelta,
  'adaptive-avg-pool2d-gradient': adaptiveAvgPool2dGradient,
  'add-penalty': addPenalty,
  'batch-norm-fixed-gradient': batchNormFixedGradient,
  'batch-norm-input-gradient': batchNormInputGradient,
  'batch-norm-scale-gradient': batchNormScaleGradient,
  'batch-normalize': batchNormalize,
  'batch-variance': batchVariance,
  'channel-sum': channelSum,
  'clip-factor': clipFactor,
  'conv2d-input-gradient': conv2dInputGradient,
  'conv2d-input-gradient-scalar': conv2dInputGradientScalar,
  'conv2d-weight-gradient': conv2dWeightGradient,
  'conv2d-weight-gradient-scalar': conv2dWeightGradientScalar,
  'l2-gradient': l2Gradient,
  'lrn-gradient': lrnGradient,
  'lrn-shares': lrnShares,
  'max-pool2d-gradient': maxPool2dGradient,
  'max-pool2d-places': maxPool2dPlaces,
  'mean-loss': meanLoss,
  'move-statistic': moveStatistic,
  multiply,
  'relu-gradient': reluGradient,
  rmsprop,
  sgd,
  'sgd-momentum': sgdMomentum,
  'softmax-cross-entropy': softmaxCrossEntropy,
  'softmax-cross-entropy-gradient': softmaxCrossEntropyGradient,
  'softmax-gradient': softmaxGradient,
  'sum-parts': sumParts,
  'sum-squares': sumSquares,
  total,
} as const;

export type TrainingKernelName = keyof typeof trainingKernels;
