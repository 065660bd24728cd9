import type { TrainingNode, UpdateRule } from '@alexnet/core';
import type { KernelName } from '../kernels/kernels.ts';
import type { Mutation } from './mutated-gpu.ts';

/*
 * Mistakes in the kernels of training, one in one line, that the cases of gradients or a few steps of an optimiser must notice. Not here, since no
 * result shows them: gradients whose filled-up channels are not 0, as long as they are finite. Weights are 0 there, and outputs are masked.
 */

/** The ops that a kernel computes: which values are looked at. */
export const opsOfKernels: Partial<Record<KernelName, readonly TrainingNode['op'][]>> = {
  'conv2d-input-gradient': ['conv2dInputGradient', 'linearInputGradient'],
  'conv2d-input-gradient-scalar': ['conv2dInputGradient'],
  'conv2d-weight-gradient': ['conv2dWeightGradient', 'linearWeightGradient'],
  'conv2d-weight-gradient-scalar': ['conv2dWeightGradient'],
  'sum-parts': ['channelSum', 'batchMean'],
  'channel-sum': ['channelSum'],
  'batch-variance': ['batchVariance'],
  'batch-norm-scale-gradient': ['batchNormScaleGradient'],
  'batch-normalize': ['batchNormalize', 'batchNorm'],
  'batch-norm-input-gradient': ['batchNormInputGradient'],
  'batch-norm-fixed-gradient': ['batchNormFixedGradient'],
  'relu-gradient': ['reluGradient'],
  multiply: ['multiply'],
  'lrn-shares': ['lrnGradient'],
  'lrn-gradient': ['lrnGradient'],
  'max-pool2d-places': ['maxPool2dGradient'],
  'max-pool2d-gradient': ['maxPool2dGradient'],
  'adaptive-avg-pool2d-gradient': ['adaptiveAvgPool2dGradient'],
  pack: ['unflatten'],
  pad2d: ['pad2dGradient'],
  'softmax-gradient': ['softmaxGradient'],
  'softmax-cross-entropy': ['softmaxCrossEntropy'],
  'softmax-cross-entropy-gradient': ['softmaxCrossEntropyGradient'],
  'mean-loss': ['meanLoss'],
  'add-penalty': ['meanLoss'],
  'sum-squares': ['l2Penalty'],
  total: ['l2Penalty'],
  'l2-gradient': ['l2Gradient'],
};

const momentum: UpdateRule = { kind: 'sgd', momentum: 0.9, weightDecay: 0.1 };

/** The rules that run the other kernels. */
export const rulesOfKernels: Partial<Record<KernelName, { readonly rule: UpdateRule; readonly clipNorm?: number }>> = {
  sgd: { rule: { kind: 'sgd', momentum: 0, weightDecay: 0.1 } },
  'sgd-momentum': { rule: momentum },
  rmsprop: { rule: { kind: 'rmsprop', rho: 0.9, epsilon: 1e-3 } },
  adadelta: { rule: { kind: 'adadelta', rho: 0.9, epsilon: 1e-3 } },
  'clip-factor': { rule: momentum, clipNorm: 0.3 },
  'move-statistic': { rule: momentum },
};

const of = (kernel: KernelName, rows: readonly Omit<Mutation, 'kernel'>[]): Mutation[] =>
  rows.map((row) => ({ kernel, ...row }));

// biome-ignore format: a table, one row per mistake
export const trainingMutations: readonly Mutation[] = [
  ...of('conv2d-input-gradient', [
    { replace: 'u += p.stride.x', by: 'u++', why: 'every tap reads every phase' },
    { replace: '(phase + p.pad) % p.stride', by: 'phase % p.stride', why: 'padding does not move the taps' },
    { replace: '(phase + p.pad) / p.stride', by: 'phase / p.stride', why: 'padding does not move the outputs' },
    { replace: '(j < i32(p.cols))', by: '(j <= i32(p.cols))', why: 'one column too many is inside the output' },
    { replace: 'value * w[j]', by: 'w[j] * value', why: 'weights are not transposed' },
    { replace: '+ group * p.groupY, hit)', by: ', hit)', why: 'every group reads the first' },
    { replace: 'p.firstVector + group', by: 'group', why: 'every buffer of weights writes the first features' },
  ]),
  ...of('conv2d-input-gradient-scalar', [
    { replace: 'c % p.groupX)', by: 'c)', why: 'groups read other channels of the weight' },
    { replace: 'if (j >= p.cols) { continue; }', by: '', why: 'columns run on into the next row' },
  ]),
  ...of('conv2d-weight-gradient', [
    { replace: '(stride - 1 - v) / stride', by: '(-v) / stride', why: 'the first column is outside the image' },
    { replace: '- v + stride - 1) / stride', by: '- v) / stride', why: 'the last column is left out' },
    { replace: 'line / p.rows * p.height', by: 'line / p.rows * p.rows', why: 'images are as high as the output' },
    { replace: 'select(dw[at + k * p.groupY], vec4f(), fresh)', by: 'vec4f()', why: 'blocks overwrite each other' },
    { replace: 'let fresh = block == part * p.partLines;', by: 'let fresh = false;', why: 'sums begin with what memory holds' },
    { replace: '(part + 1) * p.partLines, p.lines)', by: 'p.lines, p.lines)', why: 'parts count lines of the next' },
    { replace: 'yAt += p.yVectors;', by: 'yAt += p.xVectors;', why: 'steps of one image in the other' },
    { replace: '+ p.firstVector + group * p.groupX;', by: '+ group * p.groupX;', why: 'every buffer of weights reads the first features' },
  ]),
  ...of('conv2d-weight-gradient-scalar', [
    { replace: '+ o / p.groupY * p.groupX', by: '', why: 'every group reads the first channels' },
    { replace: 'total += sum;', by: 'total = sum;', why: 'only the last block counts' },
  ]),
  ...of('sum-parts', [
    { replace: 'q < p.parts; q++', by: 'q + 1 < p.parts; q++', why: 'the last part is left out' },
    { replace: 'p.factor * sum', by: 'sum', why: 'a mean is a sum' },
  ]),
  ...of('channel-sum', [{ replace: 'min(first + p.partPixels, p.pixels)', by: 'first + p.partPixels', why: 'the last part reads too far' }]),
  ...of('batch-variance', [{ replace: 'p.vectors + c] - mean[c]', by: 'p.vectors + c] - 0 * mean[c]', why: 'the mean of squares' }]),
  ...of('batch-norm-scale-gradient', [{ replace: 'sqrt(variance[c] + p.epsilon)', by: '(variance[c] + p.epsilon)', why: 'no root' }]),
  ...of('batch-normalize', [{ replace: '* scale[c] + bias[c]', by: '* scale[c] + 0 * bias[c]', why: 'the bias is forgotten' }]),
  ...of('batch-norm-input-gradient', [
    { replace: '(db[c] + xhat * ds[c])', by: '(0 * db[c] + xhat * ds[c])', why: 'nothing through the mean' },
    { replace: '(db[c] + xhat * ds[c])', by: '(db[c] + 0 * ds[c])', why: 'nothing through the variance' },
    { replace: 'scale[c] / deviation', by: 'scale[c]', why: 'not divided by the deviation' },
  ]),
  ...of('batch-norm-fixed-gradient', [{ replace: '* scale[c]', by: '+ 0 * scale[c]', why: 'the scale is forgotten' }]),
  ...of('relu-gradient', [{ replace: 'y[at] > vec4f()', by: 'y[at] >= vec4f()', why: 'the gradient passes at 0' }]),
  ...of('multiply', [{ replace: 'a[at] * b[at]', by: 'a[at] + 0 * b[at]', why: 'nothing is dropped' }]),
  ...of('lrn-shares', [
    { replace: '(power(t) / t)', by: 'power(t)', why: 'the power is beta' },
    { replace: 'own - vec4i(i32(p.before))) &', by: 'own - vec4i(i32(p.after))) &', why: 'an even window reaches as far down as up' },
  ]),
  ...of('lrn-gradient', [
    { replace: 'own - after) &', by: 'own - before) &', why: 'the window that a channel reads for those that read it' },
    { replace: '- 2 * p.alpha', by: '- p.alpha', why: 'half of the derivative of a square' },
    { replace: '* value * passed', by: '* passed', why: 'the channel\'s own value is forgotten' },
  ]),
  ...of('max-pool2d-places', [
    { replace: 'value > best', by: 'value >= best', why: 'the last of equal maxima' },
    { replace: '(start.x - top) * i32(p.window.y) + start.y - left', by: '0', why: 'padding is a place' },
  ]),
  ...of('max-pool2d-gradient', [
    { replace: '+ p.pad;', by: ';', why: 'no padding' },
    { replace: 'sum += select', by: 'sum = select', why: 'windows overwrite each other' },
    { replace: '/ p.stride + vec2u(1), place', by: '/ p.stride, place', why: 'a window too many' },
  ]),
  ...of('adaptive-avg-pool2d-gradient', [
    { replace: '+ windows - 1) / windows', by: ') / windows', why: 'windows end early' },
    { replace: '/ f32(places)', by: '', why: 'each place gets all' },
  ]),
  ...of('pack', [{ replace: 'pixel / p.plane * p.pitch', by: 'pixel / p.plane * p.channels * p.plane', why: 'flat samples are not filled up' }]),
  ...of('softmax-gradient', [
    { replace: '- total)', by: ')', why: 'nothing through the sum' },
    { replace: 'i += 64) { sum', by: 'i += 65) { sum', why: 'features are left out' },
  ]),
  ...of('softmax-cross-entropy', [
    { replace: 'p.smoothing / f32(p.features);', by: 'p.smoothing;', why: 'each class has the whole of the smoothing' },
    { replace: 'log(sums[0].x)', by: 'sums[0].x', why: 'no logarithm' },
  ]),
  ...of('softmax-cross-entropy-gradient', [
    { replace: '/ f32(p.samples)', by: '', why: 'the sum of the losses for their mean' },
    { replace: 'select(0, 1 - p.smoothing, i == label)', by: '0 * f32(label)', why: 'no label' },
    { replace: 'let top = workgroupUniformLoad(&scratch[0]);', by: 'let top = 0 * workgroupUniformLoad(&scratch[0]) + 60;', why: 'a constant for the largest' },
  ]),
  ...of('mean-loss', [{ replace: '/ f32(p.samples)', by: '', why: 'the sum for the mean' }]),
  ...of('add-penalty', [{ replace: 'loss[id.x] += ', by: 'loss[id.x] = ', why: 'the penalty is the loss' }]),
  ...of('sum-squares', [{ replace: 'x[i] * x[i]', by: 'abs(x[i])', why: 'no squares' }, { replace: 'p.first + id.x', by: 'id.x', why: 'buffers overwrite each other' }]),
  ...of('total', [{ replace: '(all.z + all.w)', by: 'all.z', why: 'a quarter is left out' }]),
  ...of('l2-gradient', [{ replace: '2 * p.factor', by: 'p.factor', why: 'half of the derivative of a square' }]),
  ...of('sgd', [
    { replace: '* p.rate;', by: ';', why: 'no multiplier' },
    { replace: '-p.weightDecay * r', by: '-p.weightDecay', why: 'decay without the learning rate' },
  ]),
  ...of('sgd-momentum', [
    { replace: 'velocity[at] = v;', by: 'velocity[at] = v / r;', why: 'the velocity is without the learning rate' },
    { replace: 'p.momentum * velocity[at]', by: 'velocity[at]', why: 'nothing slows down' },
    { replace: '* clip[0].x', by: '* clip[0].y', why: 'gradients are 0' },
  ]),
  ...of('rmsprop', [
    { replace: '(sqrt(a) + p.epsilon)', by: 'sqrt(a + p.epsilon)', why: 'epsilon under the root' },
    { replace: 'square[at] = a;', by: '', why: 'no memory' },
  ]),
  ...of('adadelta', [
    { replace: 'p.rest * u * u', by: 'p.rest * r * u * r * u', why: 'the learning rate counts in the squares' },
    { replace: 'sqrt(d + p.epsilon)', by: 'sqrt(d)', why: 'no first step' },
  ]),
  ...of('clip-factor', [
    { replace: 'sqrt(all.x', by: '(all.x', why: 'no root' },
    { replace: 'select(p.clip / norm, 1, norm <= p.clip)', by: '1.0', why: 'nothing is clipped' },
  ]),
  ...of('move-statistic', [{ replace: 'p.rest * value[at]', by: '(1 - p.momentum) * value[at]', why: 'the variance is that of the batch, biased' }]),
];
