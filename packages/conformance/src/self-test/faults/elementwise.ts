import { toFloat16 } from '../float16.ts';
import { at, attributes, type Fault, result, reweighted } from './fault.ts';

export const elementwiseFaults: readonly Fault[] = [
  at('relu', 'NaN becomes 0', 'op/relu/image/special', (call) =>
    result(call.evaluate(), (value) => (Number.isNaN(value) ? 0 : value)),
  ),
  at('relu', 'negative values leak', 'op/relu/image/random', (call) =>
    result(call.evaluate(), (value, i) => (call.input.data[i]! < 0 ? 0.01 * call.input.data[i]! : value)),
  ),
  at('relu', 'values are clamped at 6', 'op/relu/image/signed', (call) =>
    result(call.evaluate(), (value) => Math.min(6, value)),
  ),
  at('relu', 'results are stored in half precision', 'op/relu/image/random', (call) =>
    result(call.evaluate(), toFloat16),
  ),
  at('batchNorm', 'epsilon is added after the root', 'op/batchNorm/flat/tinyVariance', (call) =>
    call.evaluate({ node: { ...call.node, epsilon: call.node.epsilon ** 2 } }),
  ),
  attributes('batchNorm', "Keras's epsilon is used for all", 'op/batchNorm/image/random', () => ({ epsilon: 1e-3 })),
  attributes('batchNorm', 'mean and bias are swapped', 'op/batchNorm/image/random', ({ mean, bias }) => ({
    mean: bias,
    bias: mean,
  })),
  at('batchNorm', 'the variance is taken for a deviation', 'op/batchNorm/flat/random', (call) =>
    reweighted(call, call.node.variance, (v) => v ** 2),
  ),
  at('softmax', 'the largest logit is not subtracted', 'op/softmax/batch/large', (call) =>
    result(call.evaluate(), (value) => (call.input.data.some((x) => x > 88.7) ? Number.NaN : value)),
  ),
  at('softmax', 'the sum runs over the batch too', 'op/softmax/batch/random', (call) =>
    result(call.evaluate(), (value) => value / call.batch),
  ),
  at('softmax', 'probabilities are stored in half precision', 'op/softmax/classes/random', (call) =>
    result(call.evaluate(), toFloat16),
  ),
  at('dropout', 'values are scaled as in training', 'op/dropout/flat/random', (call) =>
    result(call.evaluate(), (value) => value / (1 - call.node.rate)),
  ),
  at('dropout', 'values are dropped at inference', 'op/dropout/image/random', (call) =>
    result(call.evaluate(), (value, i) => (i % 5 === 0 ? 0 : value)),
  ),
];
