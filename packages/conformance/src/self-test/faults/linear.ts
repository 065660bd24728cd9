import { toFloat16 } from '../float16.ts';
import { type Fault, faultsOf, lastTerm, mapped, permuted, result, reweighted } from './fault.ts';
import { halfSums } from './half-sums.ts';

/** The rest after the last multiple of `size` is not added. */
const withoutRest =
  (size: number) =>
  (w: number, i: number, [, features]: readonly number[]) =>
    features! > size && i % features! >= features! - (features! % size) ? 0 : w;

export const linearFaults: readonly Fault[] = faultsOf('linear', [
  {
    id: 'bias-dropped',
    name: 'the bias is dropped',
    caughtBy: 'batch/random',
    change: ({ node: { bias: _bias, ...node }, evaluate }) => evaluate({ node }),
  },
  {
    id: 'bias-doubled',
    name: 'the bias is added twice',
    caughtBy: 'batch/random',
    change: (call) => (call.node.bias === undefined ? undefined : reweighted(call, call.node.bias, (b) => 2 * b)),
  },
  {
    id: 'last-term-dropped',
    name: 'the last term of a sum is dropped',
    caughtBy: 'as-fc6/random',
    change: (call) => reweighted(call, call.node.weight, (w, i, shape) => (lastTerm(i, shape) ? 0 : w)),
  },
  {
    id: 'rest-of-vector-dropped',
    name: 'the rest after the last full vector of 4 is dropped',
    caughtBy: 'tails/random',
    cause: 'rest-of-terms-dropped',
    change: (call) => reweighted(call, call.node.weight, withoutRest(4)),
  },
  {
    id: 'rest-of-tile-dropped',
    name: 'the rest after the last full tile of 16 is dropped',
    caughtBy: 'short-block/random',
    cause: 'rest-of-terms-dropped',
    change: (call) => reweighted(call, call.node.weight, withoutRest(16)),
  },
  {
    id: 'rest-of-split-dropped',
    name: 'the rest of a split sum is dropped',
    caughtBy: 'long-tail/random',
    cause: 'last-term-dropped',
    change: (call) => reweighted(call, call.node.weight, (w, i, [, features]) => (i % features! >= 2048 ? 0 : w)),
  },
  {
    id: 'weight-transposed',
    name: 'the weight is read as [in, out]',
    caughtBy: 'batch/random',
    change(call) {
      const { data } = call.weights.get(call.node.weight)!;
      return reweighted(
        call,
        call.node.weight,
        (_, i, [out, features]) => data[(i % features!) * out! + Math.floor(i / features!)]!,
      );
    },
  },
  ...halfSums<'linear'>('as-fc7/cancellation'),
  {
    id: 'inputs-in-half',
    name: 'inputs are rounded to half precision',
    caughtBy: 'tails/random',
    change: (call) => call.evaluate({ input: mapped(call.input.data, toFloat16) }),
  },
  {
    id: 'first-sample-for-all',
    name: 'every sample gets the result of the first',
    caughtBy: 'batch/random',
    change: (call) => permuted(call, (i) => i % call.input.shape[0]!),
  },
  {
    id: 'last-tile-of-samples',
    name: 'samples beyond the 32nd are not computed',
    caughtBy: 'many-samples/random',
    cause: 'end-of-samples-not-computed',
    change: (call) => result(call.evaluate(), (value, i) => (i < 32 * call.output[0]! ? value : 0)),
  },
  {
    id: 'last-tile-of-features',
    name: 'features after the last full tile of 4 are not computed',
    caughtBy: 'tails/random',
    cause: 'end-of-channels-not-computed',
    change: (call) =>
      result(call.evaluate(), (value, i) =>
        i % call.output[0]! < call.output[0]! - (call.output[0]! % 4) ? value : 0,
      ),
  },
  {
    id: 'nan-lost',
    name: 'NaN in the input is taken for 0',
    caughtBy: 'batch/oneNaN',
    cause: 'nan-input-lost',
    change: (call) => call.evaluate({ input: call.input.data.map((x) => (Number.isNaN(x) ? 0 : x)) }),
  },
]);
