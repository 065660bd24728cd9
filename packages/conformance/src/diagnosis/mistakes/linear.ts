import type { Mistake } from '../mistake.ts';
import { geometryOf } from '../products.ts';
import { biasMistakes, changed, halfSums, operandMistakes, termMistakes } from './products.ts';
import { storedMistakes } from './stored.ts';

const order = changed(
  'weight-transposed',
  'The weight is read as [in, out]',
  'The weight is [out, in]: y[o] = bias[o] + sum over i of w[o, i] x[i].',
  (subject) => {
    const { output, window } = geometryOf(subject);
    const w = subject.weights.get(subject.node.weight)!.data;
    return output[0] === 1 || window[0] === 1 ? undefined : { weight: (o, k) => w[k * output[0] + o]! };
  },
);

const reversed = changed(
  'inputs-reversed',
  'The input is read from its last feature to its first',
  'Multiply w[o, i] with x[i].',
  (subject) => {
    const [features] = geometryOf(subject).window;
    return features === 1 ? undefined : { channel: (_o, k) => features - 1 - k };
  },
);

export const linearMistakes: readonly Mistake[] = [
  ...storedMistakes,
  ...biasMistakes,
  order,
  reversed,
  ...termMistakes,
  ...operandMistakes,
  ...halfSums,
] as readonly Mistake[];
