import { casesOf, type OpCase, type Row } from './case.ts';
import { tailRows } from './tails.ts';

// biome-ignore format: a table, one row per shape
const reluRows: readonly Row[] = [
  { slug: 'image', input: [2, 3, 5, 7], data: ['random', 'signed', 'subnormal', 'special'], why: 'negative becomes 0, NaN stays' },
  { slug: 'flat', input: [3, 11], data: ['random', 'special'], why: 'no extent is a multiple of 4' },
  { slug: 'one', input: [1, 1, 1, 1], data: ['negative'], why: 'a single value' },
  ...tailRows('values', (extent) => ({ input: [1, extent], data: ['random'] as const })),
];

// biome-ignore format: a table, one row per shape
const batchNormRows: readonly (Row & { readonly epsilon: number })[] = [
  { slug: 'image', input: [2, 5, 3, 7], epsilon: 1e-5, data: ['random', 'tinyVariance', 'huge', 'subnormal', 'oneNaN'], why: 'per channel, not per pixel or sample' },
  { slug: 'flat', input: [3, 11], epsilon: 1e-5, data: ['random', 'tinyVariance'], why: 'after a linear layer: per feature' },
  { slug: 'keras-epsilon', input: [2, 6, 4, 3], epsilon: 1e-3, data: ['random', 'tinyVariance'], why: "Keras's epsilon, 1e-3" },
  { slug: 'large-epsilon', input: [1, 4, 5, 3], epsilon: 0.5, data: ['random'], why: 'epsilon as large as the variance' },
  { slug: 'one-pixel', input: [4, 6, 1, 1], epsilon: 1e-5, data: ['random'], why: 'an image of one pixel' },
  ...tailRows('channels', (extent) => ({ input: [2, extent, 4, 6], epsilon: 1e-5, data: ['random'] as const })),
];

// biome-ignore format: a table, one row per shape
const dropoutRows: readonly (Row & { readonly rate: number })[] = [
  { slug: 'flat', input: [3, 11], rate: 0.5, data: ['random', 'signed', 'subnormal', 'special'], why: 'at inference nothing is dropped or scaled' },
  { slug: 'image', input: [2, 3, 5, 7], rate: 0.8, data: ['random'], why: 'of any shape' },
  { slug: 'never', input: [2, 5], rate: 0, data: ['random'], why: 'a rate of 0' },
  { slug: 'one-sample', input: [1, 7], rate: 0.3, data: ['random'], why: 'a batch of one' },
];

// biome-ignore format: a table, one row per shape
const softmaxRows: readonly Row[] = [
  { slug: 'batch', input: [3, 7], data: ['random', 'wide', 'large', 'thirds', 'subnormal', 'masked', 'oneNaN', 'oneInfinity'], why: 'over features, not over samples' },
  { slug: 'classes', input: [2, 1000], data: ['random', 'wide', 'large', 'thirds'], why: 'as many classes as ImageNet has' },
  { slug: 'tail', input: [1, 65], data: ['random'], why: 'one class more than a workgroup of 64' },
  { slug: 'one-class', input: [4, 1], data: ['large'], why: 'the only class has probability 1' },
  ...tailRows('classes', (extent) => ({ input: [2, extent], data: ['random'] as const })),
];

export const reluCases: readonly OpCase[] = reluRows.flatMap((row) => casesOf('relu', row, {}));

export const batchNormCases: readonly OpCase[] = batchNormRows.flatMap((row) => {
  const shape = [row.input[1]!];
  const roles = ['scale', 'bias', 'mean', 'variance'] as const;
  const names = { scale: 'scale', bias: 'bias', mean: 'mean', variance: 'variance' };
  const parameters = roles.map((role) => ({ name: role, shape, role }));
  return casesOf('batchNorm', row, { ...names, epsilon: row.epsilon }, parameters);
});

export const dropoutCases: readonly OpCase[] = dropoutRows.flatMap((row) =>
  casesOf('dropout', row, { rate: row.rate }),
);

export const softmaxCases: readonly OpCase[] = softmaxRows.flatMap((row) => casesOf('softmax', row, {}));
