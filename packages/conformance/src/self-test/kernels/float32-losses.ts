import type { Floats } from '@alexnet/core';
import type { GradientKernels } from './float32-gradients.ts';
import { added, filled, type Gather } from './gather.ts';

const { fround, exp, log } = Math;

/* Losses and what they begin with, in float32. */

export const lossKernels: GradientKernels = {
  softmaxCrossEntropy({ node, operands: [logits, labels], output, batch }, { dot, folded }) {
    const classes = logits!.length / batch;
    return filled(output, (n) => {
      const { z, sum } = shifted(logits!, n, classes);
      const target = targets(node.smoothing, classes, labels![n]!);
      const ofSum = fround(log(sum));
      if (folded)
        return added(
          dot,
          each(z, (value) => fround(ofSum - value), target),
        );
      return fround(
        ofSum -
          added(
            dot,
            each(z, (value) => value, target),
          ),
      );
    });
  },
  softmaxCrossEntropyGradient({ node, operands: [logits, labels], output, batch }, { folded }) {
    const classes = output[1]!;
    return filled(output, (i) => {
      const [n, j] = [Math.floor(i / classes), i % classes];
      const { z, sum } = shifted(logits!, n, classes);
      const p = fround(fround(exp(z[j]!)) / sum);
      const off = fround(p - targets(node.smoothing, classes, labels![n]!)(j));
      return folded ? fround(off * fround(1 / batch)) : fround(off / batch);
    });
  },
  meanLoss({ operands: [losses, ...penalties], batch }, { dot }) {
    const mean = fround(
      added(
        dot,
        each(
          losses!,
          (loss) => loss,
          () => 1,
        ),
      ) / batch,
    );
    return Float32Array.of(penalties.reduce((sum, [penalty]) => fround(sum + penalty!), mean));
  },
  l2Penalty({ node, weights }, { dot }) {
    const { data } = weights.get(node.parameter)!;
    return Float32Array.of(fround(node.factor) * dot(data, data, 0));
  },
  l2Gradient({ node, operands: [g], weights, output }, { folded }) {
    const { data } = weights.get(node.parameter)!;
    const factor = fround(node.factor);
    return filled(output, (i) =>
      folded
        ? fround(g![i]! + fround(2 * fround(factor * data[i]!)))
        : fround(fround(fround(2 * factor) * data[i]!) + g![i]!),
    );
  },
  softmaxGradient({ operands: [y, dy], output }, { dot, folded }) {
    const classes = output[1]!;
    return filled(output, (i) => {
      const at = i - (i % classes);
      const sum = added(dot, (visit) => {
        for (let j = at; j < at + classes; j++) visit(dy![j]!, y![j]!);
      });
      return folded ? fround(fround(y![i]! * dy![i]!) - fround(y![i]! * sum)) : fround(y![i]! * fround(dy![i]! - sum));
    });
  },
};

/** A function of each value times one of its number. */
function each(values: Floats, of: (value: number) => number, factor: (j: number) => number): Gather {
  return (visit) => {
    for (let j = 0; j < values.length; j++) visit(factor(j), of(values[j]!));
  };
}

/** How far each logit is from the largest, and the sum of their exponentials. */
function shifted(logits: Float64Array, n: number, classes: number) {
  const own = Float32Array.from(logits.subarray(n * classes, (n + 1) * classes));
  const max = own.reduce((a, b) => Math.max(a, b));
  const z = own.map((value) => value - max);
  return { z, sum: z.reduce((sum, value) => fround(sum + fround(exp(value))), 0) };
}

function targets(smoothing: number, classes: number, label: number): (j: number) => number {
  const share = fround(fround(smoothing) / classes);
  return (j) => (j === label ? fround(share + fround(1 - fround(smoothing))) : share);
}
