import { noPads } from './case.ts';
import { type ErrorRow, type ErrorSample, errorsOf } from './error-case.ts';

const pads = { ...noPads, top: 1, right: 2 };
const nan = Number.NaN;

/** What files from elsewhere get wrong in any padding. */
const padRows = [
  {
    slug: 'negative-pad',
    what: 'A negative padding',
    why: 'cropping is another op; an unsigned shader makes it four billion',
    node: { pads: { ...pads, left: -1 } },
  },
  {
    slug: 'half-a-pad',
    what: 'A padding of half a pixel',
    why: 'half the padding of "same" is not always whole',
    node: { pads: { ...pads, bottom: 0.5 } },
  },
] as const;

/** Of ops on images. */
const imageRows = [
  {
    slug: 'flat-input',
    what: 'An input without rows and columns',
    why: 'channels must not be taken for pixels',
    declared: { x: [12] },
  },
  {
    slug: 'run-flat',
    what: 'A run on an input of the same size without rows and columns',
    why: 'as many values in one row hide a forgotten reshape',
    run: [2, 60],
  },
] as const;

/** Of ops with one operand. */
const twoInputs = {
  slug: 'two-inputs',
  what: 'A node with two inputs',
  why: 'one of them would be ignored silently',
  node: { inputs: ['x', 'x'] },
} as const;

// biome-ignore format: a table, one row per mistake
const conv2dRows: readonly ErrorRow<'conv2d'>[] = [
  { slug: 'groups-of-inputs', what: 'Groups that do not divide the input channels', why: 'the rest of a division would be channels that nobody reads', node: { groups: 3 } },
  { slug: 'groups-of-outputs', what: 'Groups that do not divide the output channels', why: 'the last group would write beyond the result', declared: { w: [5, 2, 3, 2], b: [5] } },
  { slug: 'no-groups', what: 'No groups at all', why: 'a division by zero', node: { groups: 0 } },
  { slug: 'other-channels', what: 'A weight for more channels than the input has', why: 'the next image would be read', declared: { w: [6, 3, 3, 2] } },
  { slug: 'stride-0', what: 'A stride of 0', why: 'an image without end', node: { stride: [1, 0] } },
  { slug: 'negative-stride', what: 'A negative stride', why: 'reads before the image', node: { stride: [-1, 1] } },
  { slug: 'one-stride', what: 'One stride for two dimensions', why: 'the other is undefined, and NaN makes loops that never run', node: { stride: [2] } },
  { slug: 'three-strides', what: 'Three strides', why: 'made for volumes', node: { stride: [1, 2, 1] } },
  { slug: 'kernel-too-high', what: 'A window with more rows than the padded image', why: 'the result has no rows', declared: { w: [6, 2, 7, 2] } },
  { slug: 'kernel-too-wide', what: 'A window with more columns than the padded image', why: 'the result has no columns', declared: { w: [6, 2, 3, 8] } },
  { slug: 'weight-rank', what: 'A weight of three dimensions', why: 'made for signals', declared: { w: [6, 2, 3] } },
  { slug: 'bias-length', what: 'A bias for fewer channels', why: 'reads beyond the bias', declared: { b: [5] } },
  { slug: 'bias-rank', what: 'A bias of two dimensions', why: 'broadcasting is not part of the op', declared: { b: [1, 6] } },
  { slug: 'weight-given-as-hwio', what: 'A weight given in another order of dimensions', why: 'as many values in another order are a wrong network', given: { w: [3, 2, 2, 6] } },
  { slug: 'bias-not-given', what: 'A bias that is not given', why: 'what is missing must not be zeros', given: { b: undefined } },
  { slug: 'weight-not-declared', what: 'A weight that the graph does not declare', why: 'nobody checked its shape', node: { weight: 'v' } },
  ...padRows, ...imageRows, twoInputs,
];

// biome-ignore format: a table, one row per mistake
const linearRows: readonly ErrorRow<'linear'>[] = [
  { slug: 'image-input', what: 'An image that was not flattened', why: 'the order of its values would be the engine\'s', declared: { x: [3, 2, 2] } },
  { slug: 'other-features', what: 'A weight for more features than the input has', why: 'the next sample would be read', declared: { w: [5, 13] } },
  { slug: 'weight-rank', what: 'A weight of three dimensions', why: 'made for batches of matrices', declared: { w: [5, 12, 1] } },
  { slug: 'bias-length', what: 'A bias for fewer outputs', why: 'reads beyond the bias', declared: { b: [4] } },
  { slug: 'weight-given-transposed', what: 'A weight given as [in, out]', why: 'Keras has it so: as many values in another order are a wrong network', given: { w: [12, 5] } },
  { slug: 'weight-not-given', what: 'A weight that is not given', why: 'what is missing must not be zeros', given: { w: undefined } },
  { slug: 'run-wider', what: 'A run on more features', why: 'the rest would be the next sample', run: [2, 13] },
  { slug: 'run-image', what: 'A run on an image of the same size', why: 'the order of its values would be the engine\'s', run: [2, 3, 2, 2] },
  twoInputs,
];

// biome-ignore format: a table, one row per mistake
const lrnRows: readonly ErrorRow<'lrn'>[] = [
  { slug: 'size-0', what: 'A window of no channels', why: 'alpha is divided by it', node: { size: 0 } },
  { slug: 'negative-size', what: 'A negative window', why: 'a loop that never runs gives a plausible result', node: { size: -3 } },
  { slug: 'half-size', what: 'A window of two and a half channels', why: 'the radius of TensorFlow is half a window', node: { size: 2.5 } },
  { slug: 'negative-alpha', what: 'A negative alpha', why: 'the power of a negative sum is NaN, for some images only', node: { alpha: -0.5 } },
  { slug: 'no-bias', what: 'A bias of 0', why: 'black pixels would be divided by zero', node: { bias: 0 } },
  { slug: 'nan-beta', what: 'A beta that is NaN', why: 'everything would be', node: { beta: nan } },
  { slug: 'infinite-alpha', what: 'An infinite alpha', why: 'everything would be 0', node: { alpha: Number.POSITIVE_INFINITY } },
  { slug: 'no-beta', what: 'A missing beta', why: 'defaults differ between frameworks', node: { beta: undefined } },
  ...imageRows, twoInputs,
];

// biome-ignore format: a table, one row per mistake
const maxPoolRows: readonly ErrorRow<'maxPool2d'>[] = [
  { slug: 'stride-0', what: 'A stride of 0', why: 'an image without end', node: { stride: [0, 2] } },
  { slug: 'kernel-0', what: 'A window without columns', why: 'the maximum of nothing is minus infinity', node: { kernel: [3, 0] } },
  { slug: 'one-stride', what: 'One stride for two dimensions', why: 'the other is undefined', node: { stride: [2] } },
  { slug: 'three-kernels', what: 'A window of three dimensions', why: 'made for volumes', node: { kernel: [3, 3, 3] } },
  { slug: 'pad-as-window', what: 'Padding as large as the window', why: 'a window that sees only padding has no maximum', node: { pads: { ...noPads, left: 3 } } },
  { slug: 'pad-over-window', what: 'Padding larger than the window', why: 'a window that sees only padding has no maximum', node: { pads: { ...noPads, bottom: 4 } } },
  { slug: 'kernel-too-high', what: 'A window with more rows than the padded image', why: 'the result has no rows', node: { kernel: [7, 3] } },
  { slug: 'no-rounding', what: 'A graph that does not say whether sizes are rounded up', why: 'Caffe and PyTorch differ', node: { ceilMode: undefined } },
  { slug: 'no-pads', what: 'A graph without padding', why: 'defaults differ between frameworks', node: { pads: undefined } },
  ...padRows, ...imageRows, twoInputs,
];

// biome-ignore format: a table, one row per mistake
const averageRows: readonly ErrorRow<'adaptiveAvgPool2d'>[] = [
  { slug: 'no-rows', what: 'A result without rows', why: 'a division by zero', node: { output: [0, 2] } },
  { slug: 'one-extent', what: 'One extent for two dimensions', why: 'the other is undefined', node: { output: [2] } },
  { slug: 'three-extents', what: 'Three extents', why: 'made for volumes', node: { output: [2, 3, 1] } },
  { slug: 'half-a-column', what: 'Two and a half columns', why: 'windows are computed from it', node: { output: [2, 2.5] } },
  ...imageRows, twoInputs,
];

// biome-ignore format: a table, one row per mistake
const batchNormRows: readonly ErrorRow<'batchNorm'>[] = [
  { slug: 'scale-length', what: 'A scale for fewer channels', why: 'reads beyond the scale', declared: { scale: [2] } },
  { slug: 'variance-of-pixels', what: 'A variance for every pixel', why: 'that is layer normalisation', declared: { variance: [3, 4, 5] } },
  { slug: 'negative-epsilon', what: 'A negative epsilon', why: 'the root of a negative number is NaN, for some channels only', node: { epsilon: -1e-3 } },
  { slug: 'nan-epsilon', what: 'An epsilon that is NaN', why: 'everything would be', node: { epsilon: nan } },
  { slug: 'infinite-epsilon', what: 'An infinite epsilon', why: 'every channel would be its bias', node: { epsilon: Number.POSITIVE_INFINITY } },
  { slug: 'mean-not-given', what: 'A mean that is not given', why: 'what is missing must not be zeros', given: { mean: undefined } },
  { slug: 'scale-given-short', what: 'A scale given for fewer channels', why: 'reads beyond the scale', given: { scale: [2] } },
  { slug: 'rows-only', what: 'An input of two dimensions', why: 'which of them the channels are is not said', declared: { x: [3, 4] } },
  { slug: 'run-flat', what: 'A run on an input of the same size without rows and columns', why: 'as many values in one row hide a forgotten reshape', run: [2, 60] },
  twoInputs,
];

// biome-ignore format: a table, one row per mistake
const dropoutRows: readonly ErrorRow<'dropout'>[] = [
  { slug: 'rate-1', what: 'Dropping everything', why: 'what is left is divided by zero while training', node: { rate: 1 } },
  { slug: 'rate-in-percent', what: 'A rate in percent', why: 'a rate above 1 keeps less than nothing', node: { rate: 50 } },
  { slug: 'negative-rate', what: 'A negative rate', why: 'no probability', node: { rate: -0.5 } },
  { slug: 'nan-rate', what: 'A rate that is NaN', why: 'no probability', node: { rate: nan } },
  { slug: 'run-wider', what: 'A run on more features', why: 'the rest would be the next sample', run: [2, 13] },
  twoInputs,
];

// biome-ignore format: a table, one row per mistake
const softmaxRows: readonly ErrorRow<'softmax'>[] = [
  { slug: 'image-input', what: 'An image', why: 'over which of its dimensions is not said', declared: { x: [3, 2, 2] } },
  { slug: 'over-nothing', what: 'No classes', why: 'the maximum of nothing is minus infinity', declared: { x: [0] } },
  { slug: 'run-over-nothing', what: 'A run on no classes', why: 'the maximum of nothing is minus infinity', run: [2, 0] },
  { slug: 'run-wider', what: 'A run on more classes', why: 'the rest would be the next sample', run: [2, 13] },
  twoInputs,
];

const flat = {
  slug: 'run-wider',
  what: 'A run on a wider image',
  why: 'the rest would be the next row',
  run: [2, 3, 4, 6],
} as const;
const empty = {
  slug: 'no-channels',
  what: 'An input without channels',
  why: 'engines crash on empty buffers',
  declared: { x: [0, 4, 5] },
} as const;
const image = [2, 3, 4, 5] as const;

/** Every op's error samples. */
export const errorSamples: readonly ErrorSample[] = [
  ...errorsOf(
    'conv2d',
    {
      input: [2, 4, 3, 5],
      attributes: { weight: 'w', bias: 'b', stride: [1, 2], pads, groups: 2 },
      parameters: { w: [6, 2, 3, 2], b: [6] },
    },
    conv2dRows,
  ),
  ...errorsOf(
    'linear',
    { input: [2, 12], attributes: { weight: 'w', bias: 'b' }, parameters: { w: [5, 12], b: [5] } },
    linearRows,
  ),
  ...errorsOf('relu', { input: image, attributes: {} }, [flat, empty, twoInputs]),
  ...errorsOf('lrn', { input: image, attributes: { size: 3, alpha: 0.5, beta: 0.75, bias: 1 } }, lrnRows),
  ...errorsOf(
    'maxPool2d',
    { input: image, attributes: { kernel: [3, 3], stride: [2, 1], pads, ceilMode: false } },
    maxPoolRows,
  ),
  ...errorsOf('adaptiveAvgPool2d', { input: image, attributes: { output: [2, 3] } }, averageRows),
  ...errorsOf(
    'batchNorm',
    {
      input: image,
      attributes: { scale: 'scale', bias: 'bias', mean: 'mean', variance: 'variance', epsilon: 1e-3 },
      parameters: { scale: [3], bias: [3], mean: [3], variance: [3] },
    },
    batchNormRows,
  ),
  ...errorsOf('pad2d', { input: image, attributes: { pads } }, [...padRows, ...imageRows, twoInputs]),
  ...errorsOf('flatten', { input: image, attributes: {} }, [flat, empty, twoInputs]),
  ...errorsOf('dropout', { input: [2, 12], attributes: { rate: 0.5 } }, dropoutRows),
  ...errorsOf('softmax', { input: [2, 12], attributes: {} }, softmaxRows),
];
