import { type GradientMistakesOf, times } from './mistake.ts';

const SMOOTHING_FIX = 'The target is 1 - s + s/C for the label and s/C for each other class.';

export const softmaxCrossEntropyMistakes: GradientMistakesOf<'softmaxCrossEntropy'> = [
  {
    id: 'smoothing-ignored',
    cause: 'The smoothing is ignored',
    fix: SMOOTHING_FIX,
    compute: ({ node, evaluate }) => (node.smoothing === 0 ? undefined : evaluate({ node: { ...node, smoothing: 0 } })),
  },
  {
    id: 'overflows',
    cause: 'exp is taken of the logits themselves',
    fix: 'Subtract the largest logit first: log(sum of exp(z - max)) - (z[label] - max).',
    compute({ operands: [logits, labels], batch }) {
      const classes = logits!.length / batch;
      return labels!.map((label, n) => {
        const z = Float32Array.from(logits!.subarray(n * classes, (n + 1) * classes));
        const sum = z.reduce((total, each) => Math.fround(total + Math.fround(Math.exp(each))), 0);
        return -Math.log(Math.fround(Math.fround(Math.exp(z[label]!)) / sum));
      });
    },
  },
];

export const softmaxCrossEntropyGradientMistakes: GradientMistakesOf<'softmaxCrossEntropyGradient'> = [
  {
    id: 'not-divided-by-batch',
    cause: 'The gradient is that of the sum over the batch, not of the mean',
    fix: 'dz = (softmax(z) - target) / N.',
    compute: ({ batch, evaluate }) => (batch === 1 ? undefined : times(batch, evaluate())),
  },
  {
    id: 'divided-twice',
    cause: 'The gradient is divided by the batch twice',
    fix: 'dz = (softmax(z) - target) / N.',
    compute: ({ batch, evaluate }) => (batch === 1 ? undefined : times(1 / batch, evaluate())),
  },
  {
    id: 'smoothing-ignored',
    cause: 'The smoothing is ignored',
    fix: SMOOTHING_FIX,
    compute: ({ node, evaluate }) => (node.smoothing === 0 ? undefined : evaluate({ node: { ...node, smoothing: 0 } })),
  },
];

export const meanLossMistakes: GradientMistakesOf<'meanLoss'> = [
  {
    id: 'sum-for-mean',
    cause: 'The losses of the samples are added up, not averaged',
    fix: 'loss = sum of the losses / N + the penalties.',
    compute: ({ operands, batch, evaluate }) =>
      batch === 1
        ? undefined
        : evaluate({ operands: [operands[0]!.map((loss) => loss * batch), ...operands.slice(1)] }),
  },
  {
    id: 'penalties-left-out',
    cause: 'The penalties are not in the loss',
    fix: 'loss = sum of the losses / N + the penalties.',
    compute: ({ operands, evaluate }) =>
      operands.length === 1
        ? undefined
        : evaluate({ operands: [operands[0]!, ...operands.slice(1).map(() => new Float64Array(1))] }),
  },
];

export const l2GradientMistakes: GradientMistakesOf<'l2Gradient'> = [
  {
    id: 'not-doubled',
    cause: 'The gradient of factor w^2 lacks its 2',
    fix: 'g + 2 factor w.',
    compute: ({ node, evaluate }) => evaluate({ node: { ...node, factor: node.factor / 2 } }),
  },
  { id: 'left-out', cause: 'The penalty has no gradient', fix: 'g + 2 factor w.', compute: ({ operands: [g] }) => g },
];

export const l2PenaltyMistakes: GradientMistakesOf<'l2Penalty'> = [
  {
    id: 'halved',
    cause: 'The penalty is factor / 2 times the sum of squares',
    fix: 'factor * sum of w^2, as Keras adds it.',
    compute: ({ evaluate }) => times(0.5, evaluate()),
  },
];
