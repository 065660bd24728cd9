import type { Floats, GradientNodeOf } from '@alexnet/core';
import {
  channelAt,
  countOf,
  type GradientCall,
  type GradientMistake,
  type GradientMistakesOf,
  times,
} from './mistake.ts';

type Lrn = GradientCall<GradientNodeOf<'lrnGradient'>>;

interface Changes {
  /** alpha / size */
  readonly factor?: number;
  /** What the second term is multiplied with. */
  readonly second?: number;
  /** The sum of the second term reaches as many channels down as the window of the output reaches up. */
  readonly asForward?: true;
  /** The power in the second term. */
  readonly power?: number;
}

function lrn({ node, operands, shapes }: Lrn, changes: Changes): Float64Array {
  const [channels, height, width] = shapes.values.get(node.inputs[0])! as [number, number, number];
  const [x, dy] = operands as readonly [Float64Array, Float64Array];
  const { size, alpha, beta, bias } = node;
  const plane = height * width;
  const { factor = alpha / size, second = 1, asForward, power = beta + 1 } = changes;
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const [down, up] = asForward ? [before, after] : [after, before];
  return x.map((value, i) => {
    const c = Math.floor(i / plane) % channels;
    const at = (j: number) => i + (j - c) * plane;
    const d = (j: number) => {
      let sum = 0;
      for (let k = Math.max(0, j - before); k <= Math.min(channels - 1, j + after); k++) sum += x[at(k)]! ** 2;
      return bias + factor * sum;
    };
    let sum = 0;
    for (let j = Math.max(0, c - down); j <= Math.min(channels - 1, c + up); j++)
      sum += dy[at(j)]! * x[at(j)]! * d(j) ** -power;
    return dy[i]! * d(c) ** -beta - second * 2 * factor * beta * value * sum;
  });
}

const lrnMistake = (
  id: string,
  cause: string,
  fix: string,
  change: (node: GradientNodeOf<'lrnGradient'>) => Changes | undefined,
): GradientMistake<GradientNodeOf<'lrnGradient'>> => ({
  id,
  cause,
  fix,
  compute(call) {
    const changes = change(call.node);
    return changes === undefined ? undefined : lrn(call, changes);
  },
});

const LRN_FIX =
  'dx[c] = dy[c] d[c]^-beta - 2 alpha beta / size * x[c] * sum of dy[j] x[j] d[j]^(-beta-1) over the j whose window holds c.';

export const lrnGradientMistakes: GradientMistakesOf<'lrnGradient'> = [
  lrnMistake(
    'without-second-term',
    'The second term is missing: a value also changes the divisors of its neighbours',
    LRN_FIX,
    () => ({ second: 0 }),
  ),
  lrnMistake('alpha-not-divided', 'alpha is not divided by size', LRN_FIX, ({ size, alpha }) =>
    size === 1 ? undefined : { factor: alpha },
  ),
  lrnMistake(
    'window-as-forward',
    'The sum is over the window of a channel, not over the channels whose window holds it',
    LRN_FIX,
    ({ size }) => (size % 2 === 1 ? undefined : { asForward: true }),
  ),
  lrnMistake('second-term-halved', 'The second term lacks the 2 of the derivative of a square', LRN_FIX, () => ({
    second: 0.5,
  })),
  lrnMistake('second-term-added', 'The second term is added, not subtracted', LRN_FIX, () => ({ second: -1 })),
  lrnMistake('power-of-beta', 'The second term has the power -beta, not -beta - 1', LRN_FIX, ({ beta }) => ({
    power: beta,
  })),
];

const BATCH_FIX =
  'dx = scale / sqrt(variance + epsilon) * (dy - db / M - xhat ds / M): mean and variance depend on x, too.';

/** f * (dy - mean * db / M - variance * xhat ds / M) */
function batchNorm(
  call: GradientCall<GradientNodeOf<'batchNormInputGradient'>>,
  mean: number,
  variance: number,
): Floats {
  const { operands, evaluate } = call;
  const [x, m, v, dy, ds, db] = operands;
  return evaluate({ operands: [x!, m!, v!, dy!, ds!.map((s) => s * variance), db!.map((b) => b * mean)] });
}

export const batchNormInputGradientMistakes: GradientMistakesOf<'batchNormInputGradient'> = [
  {
    id: 'without-statistics',
    cause: 'Mean and variance are taken for constants',
    fix: BATCH_FIX,
    compute: (call) => batchNorm(call, 0, 0),
  },
  {
    id: 'without-variance',
    cause: 'The variance is taken for a constant',
    fix: BATCH_FIX,
    compute: (call) => batchNorm(call, 1, 0),
  },
  {
    id: 'without-mean',
    cause: 'The mean is taken for a constant',
    fix: BATCH_FIX,
    compute: (call) => batchNorm(call, 0, 1),
  },
  {
    id: 'divided-by-batch-only',
    cause: 'The sums are divided by the samples, not by samples times pixels',
    fix: 'M is the number of values that a channel has in the batch.',
    compute(call) {
      const places = countOf(call) / call.batch;
      return places === 1 ? undefined : batchNorm(call, places, places);
    },
  },
  {
    id: 'without-scale',
    cause: 'The gradient is not multiplied with the scale',
    fix: BATCH_FIX,
    compute: ({ node, weights, evaluate }) => {
      const { shape } = weights.get(node.scale)!;
      return evaluate({
        weights: new Map([...weights, [node.scale, { shape, data: new Float32Array(shape[0]!).fill(1) }]]),
      });
    },
  },
];

export const batchVarianceMistakes: GradientMistakesOf<'batchVariance'> = [
  {
    id: 'unbiased',
    cause: 'The variance of the batch is divided by M - 1',
    fix: 'Normalise by the variance over M; only the moving one is corrected, by M / (M - 1).',
    compute: (call) => {
      const count = countOf(call);
      return count === 1 ? undefined : times(count / (count - 1), call.evaluate());
    },
  },
  {
    id: 'without-mean',
    cause: 'The mean of the squares is taken: the mean is not subtracted',
    fix: 'variance = sum of (x - mean)^2 / M.',
    compute: ({ operands, evaluate }) => evaluate({ operands: [operands[0]!, operands[1]!.map(() => 0)] }),
  },
];

export const batchNormalizeMistakes: GradientMistakesOf<'batchNormalize'> = [
  {
    id: 'epsilon-outside-root',
    cause: 'epsilon is added after the root',
    fix: 'Divide by sqrt(variance + epsilon).',
    compute: ({ node, operands, evaluate }) =>
      evaluate({
        operands: [
          operands[0]!,
          operands[1]!,
          operands[2]!.map((v) => (Math.sqrt(v) + node.epsilon) ** 2 - node.epsilon),
        ],
      }),
  },
  {
    id: 'moving-statistics',
    cause: 'The moving statistics are normalised by, as in inference',
    fix: 'While training, normalise by the mean and the variance of the batch.',
    compute: ({ node, operands, weights, evaluate }) => {
      const norm = [...weights.keys()].filter((name) => /mean|variance/.test(name) && sameLayer(name, node.scale));
      const [mean, variance] = [norm.find((n) => n.includes('mean')), norm.find((n) => n.includes('variance'))];
      if (mean === undefined || variance === undefined) return undefined;
      const wide = (name: string) => Float64Array.from(weights.get(name)!.data);
      return evaluate({ operands: [operands[0]!, wide(mean), wide(variance)] });
    },
  },
];

const sameLayer = (a: string, b: string) => a.split('.').slice(0, -1).join('.') === b.split('.').slice(0, -1).join('.');

export const batchNormScaleGradientMistakes: GradientMistakesOf<'batchNormScaleGradient'> = [
  {
    id: 'of-input',
    cause: 'The gradient of the scale is summed with x, not with the normalised x',
    fix: 'ds = sum of dy * (x - mean) / sqrt(variance + epsilon).',
    compute: ({ node, operands: [x, mean, variance, dy], evaluate }) =>
      evaluate({ operands: [x!, mean!.map(() => 0), variance!.map(() => 1 - node.epsilon), dy!] }),
  },
];

export const batchNormFixedGradientMistakes: GradientMistakesOf<'batchNormFixedGradient'> = [
  {
    id: 'without-scale',
    cause: 'The gradient is not multiplied with the scale',
    fix: 'dx = dy * scale / sqrt(variance + epsilon).',
    compute: ({ node, operands, output, weights }) => {
      const variance = weights.get(node.variance)!.data;
      return operands[0]!.map((dy, i) => dy / Math.sqrt(variance[channelAt(i, output.slice(1))]! + node.epsilon));
    },
  },
];
