import type { GradientMistakesOf } from './mistake.ts';

const RELU_FIX = 'Pass the gradient where the output is above 0; elsewhere, at 0 too, it is 0.';

export const reluGradientMistakes: GradientMistakesOf<'reluGradient'> = [
  {
    id: 'sign-of-gradient',
    cause: 'The sign of the gradient decides, not that of the value',
    fix: RELU_FIX,
    compute: ({ operands: [, dy] }) => dy!.map((value) => Math.max(0, value)),
  },
  { id: 'passes-all', cause: 'The gradient passes everywhere', fix: RELU_FIX, compute: ({ operands: [, dy] }) => dy },
];

const MASK_FIX = 'Multiply with the mask as it is given: 0 or 1 / (1 - rate), forward and backward.';

export const multiplyMistakes: GradientMistakesOf<'multiply'> = [
  { id: 'unmasked', cause: 'The dropout mask is not applied', fix: MASK_FIX, compute: ({ operands: [a] }) => a },
  {
    id: 'not-rescaled',
    cause: 'What dropout keeps is not rescaled',
    fix: MASK_FIX,
    compute: ({ operands: [a, mask] }) => a!.map((value, i) => (mask![i] === 0 ? 0 : value)),
  },
];

export const softmaxGradientMistakes: GradientMistakesOf<'softmaxGradient'> = [
  {
    id: 'diagonal-only',
    cause: 'A class changes its own probability alone: the others are left out',
    fix: 'dx[i] = y[i] (dy[i] - sum over j of dy[j] y[j]).',
    compute: ({ operands: [y, dy] }) => y!.map((value, i) => value * (1 - value) * dy![i]!),
  },
  {
    id: 'without-sum',
    cause: 'The sum over the classes is not subtracted',
    fix: 'dx[i] = y[i] (dy[i] - sum over j of dy[j] y[j]).',
    compute: ({ operands: [y, dy] }) => y!.map((value, i) => value * dy![i]!),
  },
];

export const unflattenMistakes: GradientMistakesOf<'unflatten'> = [
  {
    id: 'channels-last',
    cause: 'Features are taken for pixels of channels: the order is HWC',
    fix: 'Flatten is CHW: element (c, i, j) is feature (c * H + i) * W + j.',
    compute({ node, operands: [dy], batch }) {
      const [channels = 1, height = 1, width = 1] = node.shape;
      const [size, plane] = [dy!.length / batch, height * width];
      if (channels === 1 || plane === 1) return undefined;
      return dy!.map((_, i) => {
        const at = i % size;
        return dy![i - at + (at % plane) * channels + Math.floor(at / plane)]!;
      });
    },
  },
];

export const pad2dGradientMistakes: GradientMistakesOf<'pad2dGradient'> = [
  {
    id: 'pads-from-the-end',
    cause: 'Padding counts from the bottom and the right',
    fix: 'dx[i, j] = dy[i + top, j + left].',
    compute({ node, evaluate }) {
      const { top, left, bottom, right } = node.pads;
      if (top === bottom && left === right) return undefined;
      return evaluate({ node: { ...node, pads: { top: bottom, left: right, bottom: top, right: left } } });
    },
  },
];
