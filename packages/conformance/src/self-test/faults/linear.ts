import type { Call } from '../altered-backend.ts';
import { toFloat16 } from '../float16.ts';
import { at, type Fault, halfAccumulation, lastTerm, mapped, permuted, result, reweighted } from './fault.ts';

export const linearFaults: readonly Fault[] = [
  at('linear', 'the bias is dropped', 'op/linear/batch/random', ({ node: { bias: _bias, ...node }, evaluate }) =>
    evaluate({ node }),
  ),
  at('linear', 'the last term of a sum is dropped', 'op/linear/as-fc6/random', (call) =>
    reweighted(call, call.node.weight, (w, i, shape) => (lastTerm(i, shape) ? 0 : w)),
  ),
  at('linear', 'the rest after the last full vector of 4 is dropped', 'op/linear/tails/random', (call) =>
    reweighted(call, call.node.weight, (w, i, [, features]) => (i % features! >= features! - (features! % 4) ? 0 : w)),
  ),
  at('linear', 'the rest of a split sum is dropped', 'op/linear/long-tail/cancellation', (call) =>
    reweighted(call, call.node.weight, (w, i, [, features]) => (i % features! >= 2048 ? 0 : w)),
  ),
  at('linear', 'the weight is read as [in, out]', 'op/linear/batch/random', (call) => {
    const { data } = call.weights.get(call.node.weight)!;
    return reweighted(
      call,
      call.node.weight,
      (_, i, [out, features]) => data[(i % features!) * out! + Math.floor(i / features!)]!,
    );
  }),
  at('linear', 'sums are kept in half precision', 'op/linear/as-fc7/cancellation', (call) =>
    halfAccumulation(call as Call),
  ),
  at('linear', 'inputs are rounded to half precision', 'op/linear/tails/random', (call) =>
    call.evaluate({ input: mapped(call.input.data, toFloat16) }),
  ),
  at('linear', 'every sample gets the result of the first', 'op/linear/batch/random', (call) =>
    permuted(call, (i) => i % call.input.shape[0]!),
  ),
  at('linear', 'samples beyond the 32nd are not computed', 'op/linear/many-samples/random', (call) =>
    result(call.evaluate(), (value, i) => (i < 32 * call.output[0]! ? value : 0)),
  ),
];
