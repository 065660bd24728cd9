import type { Floats, GradientNodeOf } from '@alexnet/core';
import type { TrainingCall } from '../altered-trainer.ts';
import type { GradientKernels } from './float32-gradients.ts';
import { added, eachOfChannel, filled, type Ways } from './gather.ts';

const { fround, sqrt } = Math;

/* Batch norm in training and the gradient of LRN, in float32. */

export const normalisationKernels: GradientKernels = {
  batchMean: ({ operands: [x], output, batch }, { dot, folded }) =>
    filled(output, (c) => {
      const sum = added(dot, (visit) => eachOfChannel(x!, output[0]!, batch, c, (i) => visit(x![i]!, 1)));
      return mean(sum, x!.length / output[0]!, folded);
    }),
  batchVariance: ({ operands: [x, m], output, batch }, { dot, folded }) =>
    filled(output, (c) => {
      const square = (subtracted: number) =>
        added(dot, (visit) =>
          eachOfChannel(x!, output[0]!, batch, c, (i) => {
            const away = fround(x![i]! - subtracted);
            visit(away, away);
          }),
        );
      const count = x!.length / output[0]!;
      if (!folded) return mean(square(m![c]!), count, false);
      return fround(mean(square(0), count, true) - fround(m![c]! ** 2));
    }),
  batchNormalize({ node, operands: [x, m, v], weights, output }, { folded }) {
    const [scale, bias] = [weights.get(node.scale)!.data, weights.get(node.bias)!.data];
    return filled(output, (i) => {
      const c = channelOf(i, output);
      const f = fround(scale[c]! / deviation(v!, c, node.epsilon));
      return folded
        ? fround(fround(x![i]! * f) + fround(bias[c]! - fround(m![c]! * f)))
        : fround(fround(fround(x![i]! - m![c]!) * f) + bias[c]!);
    });
  },
  batchNormScaleGradient: ({ node, operands: [x, m, v, dy], output, batch }, { dot, folded }) =>
    filled(output, (c) => {
      const of = (value: (i: number) => number) =>
        added(dot, (visit) => eachOfChannel(x!, output[0]!, batch, c, (i) => visit(dy![i]!, value(i))));
      const d = deviation(v!, c, node.epsilon);
      if (!folded) return of((i) => fround(fround(x![i]! - m![c]!) / d));
      return fround(fround(of((i) => x![i]!) - fround(m![c]! * of(() => 1))) * fround(1 / d));
    }),
  batchNormInputGradient({ node, operands, weights, output }, { folded }) {
    const [x, m, v, dy, ds, db] = operands;
    const scale = weights.get(node.scale)!.data;
    const count = x!.length / output[1]!;
    return filled(output, (i) => {
      const c = channelOf(i, output);
      const d = deviation(v!, c, node.epsilon);
      const xhat = fround(fround(x![i]! - m![c]!) / d);
      if (folded) {
        const inner = fround(fround(fround(count * dy![i]!) - db![c]!) - fround(xhat * ds![c]!));
        return fround(fround(scale[c]! / fround(count * d)) * inner);
      }
      const inner = fround(fround(dy![i]! - fround(db![c]! / count)) - fround(fround(xhat * ds![c]!) / count));
      return fround(fround(scale[c]! / d) * inner);
    });
  },
  batchNormFixedGradient({ node, operands: [dy], weights, output }, { folded }) {
    const [scale, v] = [weights.get(node.scale)!.data, weights.get(node.variance)!.data];
    return filled(output, (i) => {
      const c = channelOf(i, output);
      const d = deviation(v, c, node.epsilon);
      return folded ? fround(fround(dy![i]! * scale[c]!) / d) : fround(dy![i]! * fround(scale[c]! / d));
    });
  },
  lrnGradient: lrn,
};

/** Every window on its own, from x; or, as Caffe does, from y and running sums. */
function lrn(
  { node, operands: [x, dy], output }: TrainingCall<GradientNodeOf<'lrnGradient'>>,
  { folded }: Ways,
): Float32Array {
  const [batch, channels, height, width] = output as [number, number, number, number];
  const plane = height * width;
  const { size } = node;
  const [alpha, beta, bias] = [fround(fround(node.alpha) / size), fround(node.beta), fround(node.bias)];
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const factor = fround(fround(2 * alpha) * beta);
  const dx = new Float32Array(x!.length);
  for (let pixel = 0; pixel < batch * plane; pixel++) {
    const at = (c: number) => (Math.floor(pixel / plane) * channels + c) * plane + (pixel % plane);
    const list = (of: (c: number) => number) => Float32Array.from({ length: channels }, (_, c) => of(c));
    const squares = list((c) => fround(x![at(c)]! ** 2));
    const d = windows(squares, before, after, folded).map((sum) => fround(bias + fround(alpha * sum)));
    const q = list((c) => {
      const product = fround(dy![at(c)]! * x![at(c)]!);
      return folded
        ? fround(fround(product * fround(d[c]! ** -beta)) / d[c]!)
        : fround(product * fround(d[c]! ** fround(-beta - 1)));
    });
    const sums = windows(q, after, before, folded);
    for (let c = 0; c < channels; c++) {
      const direct = fround(dy![at(c)]! * fround(d[c]! ** -beta));
      dx[at(c)] = direct - fround(fround(factor * x![at(c)]!) * sums[c]!);
    }
  }
  return dx;
}

/** The sum around each value. */
function windows(values: Float32Array, before: number, after: number, running: boolean): Float32Array {
  const value = (c: number) => values[c] ?? 0;
  if (!running)
    return values.map((_, c) => {
      let sum = 0;
      for (let j = c - before; j <= c + after; j++) sum = fround(sum + value(j));
      return sum;
    });
  let sum = 0;
  for (let j = 0; j < after; j++) sum = fround(sum + value(j));
  return values.map((_, c) => {
    sum = fround(fround(sum + value(c + after)) - value(c - before - 1));
    return sum;
  });
}

const mean = (sum: number, count: number, reciprocal: boolean) =>
  reciprocal ? fround(sum * fround(1 / count)) : fround(sum / count);

const deviation = (variance: Floats, c: number, epsilon: number) =>
  fround(sqrt(fround(variance[c]! + fround(epsilon))));

function channelOf(i: number, [, channels, height = 1, width = 1]: readonly number[]): number {
  return Math.floor(i / (height * width)) % channels!;
}
