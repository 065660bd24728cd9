import type { Mistake } from '../mistake.ts';
import { biasOf, type Changes, geometryOf, type Products, productsAt } from '../products.ts';
import { toBfloat16, toHalfPrecision, toTensorFloat } from '../rounding.ts';

/* What goes wrong in sums of products: convolution and linear layers alike. */

type ProductMistake = Mistake<Products['node']>;

/** A mistake that is a change of the sum; undefined where it cannot be made. */
export const changed = (
  id: string,
  cause: string,
  fix: string,
  change: (subject: Products) => Changes | undefined,
): ProductMistake => ({
  id,
  cause,
  fix,
  evaluate(subject) {
    const changes = change(subject as Products);
    if (changes === undefined) return undefined;
    const shape = changes.output === undefined ? {} : { shape: [subject.batch, ...changes.output] };
    return { at: productsAt(subject as Products, changes), ...shape };
  },
});

const BIAS_FIX = 'Add bias[o] once to every sum, before the ReLU.';

const biased = (id: string, cause: string, change: (bias: (o: number) => number) => (o: number) => number) =>
  changed(id, cause, BIAS_FIX, (subject) =>
    subject.node.bias === undefined ? undefined : { bias: change(biasOf(subject)) },
  );

export const biasMistakes: readonly ProductMistake[] = [
  biased('bias-dropped', 'The bias is not added', () => () => 0),
  {
    id: 'bias-after-relu',
    cause: 'The bias is added after the ReLU',
    fix: 'Apply the ReLU to the sum with its bias.',
    evaluate(subject) {
      if (!subject.relu || subject.node.bias === undefined) return undefined;
      const without = productsAt(subject as Products, { bias: () => 0 });
      const bias = biasOf(subject as Products);
      const [channels, rows, cols] = geometryOf(subject as Products).output;
      return { final: true, at: (i) => Math.max(0, without(i)) + bias(Math.floor(i / (rows * cols)) % channels) };
    },
  },
  biased('bias-doubled', 'The bias is added twice', (bias) => (o) => 2 * bias(o)),
  biased('bias-subtracted', 'The bias is subtracted', (bias) => (o) => -bias(o)),
  biased('bias-of-first-channel', 'The bias of the first channel is used for all', (bias) => () => bias(0)),
  changed('bias-of-next-channel', 'The bias is that of the next channel', BIAS_FIX, (subject) => {
    if (subject.node.bias === undefined) return undefined;
    const [bias, [channels]] = [biasOf(subject), geometryOf(subject).output];
    return { bias: (o) => bias((o + 1) % channels) };
  }),
];

const TAIL_FIX = 'Treat the rest after the last whole vector or tile: run the loop to the end, or fill up with zeros.';

/** Terms from the last multiple of `size` on are not added. */
const tail = (size: number) =>
  changed(
    'rest-of-terms-dropped',
    `The terms after the last multiple of ${size} are not added`,
    TAIL_FIX,
    (subject) => {
      const count = geometryOf(subject).window.reduce((a, b) => a * b, 1);
      const end = count - (count % size);
      return count === end || end === 0 ? undefined : { counts: (t) => (t < end ? 1 : 0) };
    },
  );

/** Channels of a group from the last multiple of `size` on are not read. */
const channelTail = (size: number) =>
  changed(
    'rest-of-channels-dropped',
    `The input channels after the last multiple of ${size} are not read`,
    TAIL_FIX,
    (subject) => {
      const [channels, kh, kw] = geometryOf(subject).window;
      const end = channels - (channels % size);
      if (channels === end || end === 0 || kh * kw === 1) return undefined;
      return { counts: (_t, _count, k) => (k < end ? 1 : 0) };
    },
  );

const LOOP_FIX = 'Add every product exactly once: check where the loop starts and ends.';
const several = (subject: Products) => geometryOf(subject).window.some((extent) => extent > 1);
const counting = (id: string, cause: string, counts: NonNullable<Changes['counts']>) =>
  changed(id, cause, LOOP_FIX, (subject) => (several(subject) ? { counts } : undefined));

export const termMistakes: readonly ProductMistake[] = [
  counting('last-term-dropped', 'The last term of every sum is not added', (t, count) => (t === count - 1 ? 0 : 1)),
  counting('first-term-dropped', 'The first term of every sum is not added', (t) => (t === 0 ? 0 : 1)),
  counting('first-term-twice', 'The first term of every sum is added twice', (t) => (t === 0 ? 2 : 1)),
  counting('last-term-twice', 'The last term of every sum is added twice', (t, count) => (t === count - 1 ? 2 : 1)),
  ...[4, 8, 16].map(channelTail),
  ...[4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048].map(tail),
];

const operands = (round: (value: number) => number, of: 'input' | 'weight' | 'both') => (subject: Products) => {
  const x = subject.input.data;
  const [[channels, height, width], [perGroup, kh, kw]] = [geometryOf(subject).image, geometryOf(subject).window];
  const w = subject.weights.get(subject.node.weight)!.data;
  return {
    ...(of === 'weight'
      ? {}
      : {
          pixel: (n: number, c: number, r: number, s: number) =>
            round(x[((n * channels + c) * height + r) * width + s]!),
        }),
    ...(of === 'input'
      ? {}
      : {
          weight: (o: number, k: number, u: number, v: number) => round(w[((o * perGroup + k) * kh + u) * kw + v]!),
        }),
  };
};
const F32_FIX = 'Keep inputs and weights in float32; only weights that the precision names may be stored shorter.';

export const operandMistakes: readonly ProductMistake[] = [
  changed(
    'nan-input-lost',
    'NaN in the input is taken for 0',
    'Let NaN through: multiply it like any number.',
    (subject) => {
      const x = subject.input.data;
      const [channels, height, width] = geometryOf(subject).image;
      if (!x.some(Number.isNaN)) return undefined;
      return { pixel: (n, c, r, s) => x[((n * channels + c) * height + r) * width + s]! || 0 };
    },
  ),
  changed('inputs-in-half', 'Inputs are rounded to half precision', F32_FIX, operands(toHalfPrecision, 'input')),
  changed('weights-in-half', 'Weights are rounded to half precision', F32_FIX, operands(toHalfPrecision, 'weight')),
  changed(
    'operands-in-half',
    'Inputs and weights are rounded to half precision',
    F32_FIX,
    operands(toHalfPrecision, 'both'),
  ),
  changed('operands-in-bfloat16', 'Inputs and weights are rounded to bfloat16', F32_FIX, operands(toBfloat16, 'both')),
  changed(
    'operands-in-tf32',
    'Inputs and weights are rounded to TF32, as tensor cores do',
    'Turn TF32 off (allow_tf32 = false, or the precision "highest").',
    operands(toTensorFloat, 'both'),
  ),
];

/** A sum in half precision in an order, with the bias first or last. */
const inHalf = (order: (products: Float64Array, bias: number) => number): ProductMistake =>
  changed(
    'sums-in-half',
    'Sums are kept in half precision',
    'Keep the accumulator in float32, also where inputs and weights are half.',
    () => ({ add: order }),
  );
const plus = (a: number, b: number) => toHalfPrecision(a + b);
const along = (products: Float64Array, start: number, from: number, step: number, to = products.length) => {
  let sum = start;
  for (let t = from; t < to; t += step) sum = plus(sum, toHalfPrecision(products[t]!));
  return sum;
};
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
/** Four products at a time are added to each other, then to the sum. */
const vectors = (products: Float64Array, start: number) => {
  let sum = start;
  for (let t = 0; t < products.length; t += 4) {
    let dot = 0;
    for (let k = t; k < Math.min(t + 4, products.length); k++) dot = plus(dot, toHalfPrecision(products[k]!));
    sum = plus(sum, dot);
  }
  return sum;
};
const tiles = (products: Float64Array, start: number) => {
  let sum = start;
  for (let t = 0; t < products.length; t += 16)
    sum = plus(sum, along(products, 0, t, 1, Math.min(t + 16, products.length)));
  return sum;
};
const tree = (products: Float64Array) => {
  let lanes = range(256).map((lane) => along(products, 0, lane, 256));
  while (lanes.length > 1)
    lanes = lanes.slice(0, lanes.length / 2).map((lane, i) => plus(lane, lanes[i + lanes.length / 2]!));
  return lanes[0]!;
};

/** Four orders, each with the bias first and last; the same cause under all. */
export const halfSums: readonly ProductMistake[] = [
  inHalf((products, bias) => along(products, toHalfPrecision(bias), 0, 1)),
  inHalf((products, bias) => plus(along(products, 0, 0, 1), toHalfPrecision(bias))),
  inHalf((products, bias) => vectors(products, toHalfPrecision(bias))),
  inHalf((products, bias) => plus(vectors(products, 0), toHalfPrecision(bias))),
  inHalf((products, bias) => tiles(products, toHalfPrecision(bias))),
  inHalf((products, bias) => plus(tiles(products, 0), toHalfPrecision(bias))),
  inHalf((products, bias) => plus(tree(products), toHalfPrecision(bias))),
];
