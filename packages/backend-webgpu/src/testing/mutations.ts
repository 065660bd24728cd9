import type { KernelName } from '../kernels/kernels.ts';
import type { Mutation } from './mutated-gpu.ts';

/*
 * Mistakes in kernels, one in one line, that the op cases must notice. Not here, since no result shows them:
 *   conv2d-tile  without the zeros in filled-up channels: weights and bias are 0 there
 *   lrn          a start too far down: what is not near is left out again
 *   softmax      greater without !isNaN(a): no comparison with NaN is true, where a compiler keeps to IEEE 754
 */

const of = (kernel: KernelName, rows: readonly Omit<Mutation, 'kernel'>[]): Mutation[] =>
  rows.map((row) => ({ kernel, ...row }));

// biome-ignore format: a table, one row per mistake
export const mutations: readonly Mutation[] = [
  ...of('conv2d-tile', [
    { replace: 'u < i32(p.kernel.x)', by: 'u < i32(p.kernel.x) - 1', why: 'the last row of the window is left out' },
    { replace: 'v < i32(p.kernel.y)', by: 'v < i32(p.kernel.x)', why: 'a window is taken for square' },
    { replace: 'c < p.groupX; c++', by: 'c < p.groupX - 1; c++', why: 'the last channels are left out' },
    { replace: 'i32(row % p.rows * p.stride.x)', by: 'i32(row % p.rows * p.stride.y)', why: 'the stride of columns for that of rows' },
    { replace: '- i32(p.pad.y)', by: '- i32(p.pad.x)', why: 'the padding at the top for that at the left' },
    { replace: '(i < i32(p.height)) &', by: '(i <= i32(p.height)) &', why: 'one row too many is inside the image' },
    { replace: '(j >= 0) &', by: '(j >= -1) &', why: 'one column too many is inside the image' },
    { replace: '+ group * p.groupX, hit)', by: ', hit)', why: 'every group reads the channels of the first' },
    { replace: 'var next = group *', by: 'var next = 0 *', why: 'every group has the weights of the first' },
    { replace: 'row / p.rows * p.height', by: 'row / p.rows * p.rows', why: 'images are as high as the output' },
    { replace: 'min(first + r, p.pixels - 1) * p.yVectors', by: 'min(first + r, p.pixels - 2) * p.yVectors', why: 'the last pixel is not written' },
    { replace: 'let o = next + min(j * tiles', by: 'let o = next + min(j', why: 'a tile reads the weights of its neighbour' },
    { replace: '+ bias[o]', by: '+ 0 * bias[o]', why: 'the bias is forgotten' },
    { replace: '(sum < vec4f())', by: '!(sum > vec4f())', why: 'ReLU makes NaN 0' },
    { replace: 'vec4<bool>(p.relu == 1)', by: 'vec4<bool>(false)', why: 'ReLU is forgotten' },
    { replace: 'select(vec4f(), x[at[r] + c], inside[r])', by: 'x[at[r] + c]', why: 'what is outside the image counts' },
  ]),
  ...of('conv2d-scalar', [
    { replace: 'o / p.groupY * p.groupX', by: 'o / p.groupY', why: 'groups are one channel wide' },
    { replace: '(o * p.groupX + c) * p.kernel.x', by: '(o * p.groupX + c) * p.kernel.y', why: 'rows of the window for columns' },
    { replace: 'pixel % p.cols * p.stride.y', by: 'pixel % p.cols * p.stride.x', why: 'the stride of rows for that of columns' },
    { replace: 'c < p.groupX; c++', by: 'c < p.groupX && c < 8; c++', why: 'a ninth channel of a group is left out' },
    { replace: 'i32(row % p.rows * p.stride.x) - i32(p.pad.x)', by: 'i32(row % p.rows * p.stride.x)', why: 'no padding at the top' },
    { replace: '- i32(p.pad.y)', by: '', why: 'no padding at the left' },
    { replace: 'var sum = bias[o];', by: 'var sum = bias[0];', why: 'every channel has the first bias' },
    { replace: 'y[at] = 0;', by: '', why: 'filled-up channels keep what they have' },
    { replace: 'p.relu == 1 && sum < 0', by: 'p.relu == 1 && !(sum > 0)', why: 'ReLU makes NaN 0' },
  ]),
  ...of('conv2d-shared', [
    { replace: 'workgroupBarrier();\n        for', by: 'for', why: 'values are read before all are there' },
    { replace: 'workgroupBarrier();\n        next', by: 'next', why: 'values are overwritten before all have read them' },
    { replace: 'let inGroup = firstVector + local.x + 8 * j;', by: 'let inGroup = local.x + 8 * j;', why: 'every workgroup writes the first channels' },
  ]),
  ...of('linear-f32', [
    { replace: 'k < end; k++', by: 'k + 1 < end; k++', why: 'the last inputs of each part are left out' },
    { replace: '(id.z + 1) * p.partVectors, p.vectors)', by: '(id.z + 1) * p.partVectors, p.partVectors)', why: 'parts after the first are empty' },
    { replace: 'min(first + r, p.samples - 1) * p.xVectors', by: 'min(first, p.samples - 1) * p.xVectors', why: 'every sample of a tile reads the first' },
    { replace: '(p.firstPart + id.z) * p.samples', by: '(p.firstPart + id.z)', why: 'parts overwrite each other' },
    { replace: 'columns(k, min(id.x + j * tiles', by: 'columns(k, min(id.x + j', why: 'a tile reads the weights of its neighbour' },
    { replace: 'weights[at + 2 * vectors]', by: 'weights[at + vectors]', why: 'an input twice, another not' },
    { replace: '* p.xVectors + p.firstVector', by: '* p.xVectors', why: 'every buffer of weights reads the first inputs' },
  ]),
  ...of('linear-f16', [
    { replace: '(half & vec4u(0x8000)) != vec4u()', by: 'vec4<bool>(false)', why: 'no half is negative' },
    { replace: '* 0x1p-24', by: '* 0.0', why: 'small halves are 0' },
    { replace: 'vec4f(half & vec4u(0x3ff))', by: 'vec4f(half & vec4u(0x1ff))', why: 'a bit of the small halves is lost' },
    { replace: '112 << 23', by: '111 << 23', why: 'halves count half' },
    { replace: 'column(a.z, a.w), column(b.x, b.y)', by: 'column(b.x, b.y), column(a.z, a.w)', why: 'two inputs change places' },
  ]),
  ...of('linear-q8', [
    { replace: 'i32(word << 16), i32(word << 8)', by: 'i32(word << 8), i32(word << 16)', why: 'two outputs change places' },
    { replace: 'i32(word)) >> vec4u(24)', by: 'i32(word)) / vec4i(16777216)', why: 'negative bytes are rounded towards 0' },
    { replace: '* scales[o]', by: '* scales[0]', why: 'every output has the first scale' },
  ]),
  ...of('linear-q4', [
    { replace: 'vec4u(0, 4, 8, 12)', by: 'vec4u(4, 0, 12, 8)', why: 'high nibbles come first' },
    { replace: '- vec4i(8)', by: '- vec4i(7)', why: 'nibbles are offset by 7' },
    { replace: 'k / 8 * vectors', by: 'k / 4 * vectors', why: 'a scale serves 16 inputs' },
    { replace: 'vec4f(half & vec4u(0x3ff)) * 0x1p-24', by: 'vec4f()', why: 'small scales are 0' },
    { replace: 'column(words.x >> 16, scale)', by: 'column(words.x, scale)', why: 'an input twice, another not' },
  ]),
  ...of('linear-sum', [
    { replace: 'var sum = bias[o];', by: 'var sum = 0 * bias[o];', why: 'the bias is forgotten' },
    { replace: 'q < p.parts; q++', by: 'q + 1 < p.parts; q++', why: 'the last part is left out' },
    { replace: 'parts[q * p.size + at]', by: 'parts[q * p.vectors + o]', why: 'every sample is the first' },
    { replace: '(sum < vec4f())', by: '!(sum > vec4f())', why: 'ReLU makes NaN 0' },
    { replace: 'vec4<bool>(p.relu == 1)', by: 'vec4<bool>(true)', why: 'ReLU is always there' },
  ]),
  ...of('lrn', [
    { replace: 'own - vec4i(i32(p.before))', by: 'own - vec4i(i32(p.after))', why: 'an even window reaches as far down as up' },
    { replace: 'own + vec4i(i32(p.after))', by: 'own + vec4i(i32(p.before))', why: 'an even window reaches as far up as down' },
    { replace: 'max(0, first - i32(p.before))', by: 'max(1, first - i32(p.before))', why: 'the first channel is nobody\'s neighbour' },
    { replace: 'i32(p.channels) - 1, first', by: 'i32(p.channels) - 2, first', why: 'the last channel is nobody\'s neighbour' },
    { replace: 'root * sqrt(root)', by: 'root * root', why: 'beta is 1 for 3/4' },
    { replace: 'return root;', by: 'return root * root;', why: 'beta is 1 for 1/2' },
    { replace: 'pow(t, vec4f(-p.beta))', by: 'root', why: 'beta is 1/2' },
    { replace: 'p.bias + p.alpha * sum', by: '1 + p.alpha * sum', why: 'the bias is 1' },
    { replace: 'vec4f(value * value), near', by: 'vec4f(abs(value)), near', why: 'no squares' },
  ]),
  ...of('max-pool2d', [
    { replace: '| isNaN(value)', by: '', why: 'NaN loses' },
    { replace: 'var best = x[((image + startRow) * p.width + startCol) * p.vectors + channels];', by: 'var best: vec4f;', why: 'nothing is below 0' },
    { replace: 'min(p.height, u32(top', by: 'min(p.height - 1, u32(top', why: 'the last row is left out' },
    { replace: 'left + i32(p.window.y)', by: 'left + i32(p.window.x)', why: 'a window is taken for square' },
    { replace: 'max(0, left)', by: 'max(0, left + i32(p.pad.y))', why: 'no padding at the left' },
  ]),
  ...of('adaptive-avg-pool2d', [
    { replace: '(i + 1) * p.height + p.rows - 1', by: '(i + 1) * p.height', why: 'windows end early' },
    { replace: '(endRow - startRow) * (endCol - startCol)', by: '(endRow - startRow) * (endRow - startRow)', why: 'the mean of a square' },
    { replace: 'j * p.width / p.cols;', by: 'j * (p.width / p.cols);', why: 'columns are divided as if without rest' },
  ]),
  ...of('batch-norm', [
    { replace: 'statistics[2 * p.vectors + c]', by: 'statistics[c]', why: 'the mean for the bias' },
    { replace: 'x[at] - statistics[c]', by: 'x[at]', why: 'the mean is forgotten' },
  ]),
  ...of('softmax', [
    { replace: 'let top = workgroupUniformLoad(&scratch[0]);', by: 'let top = workgroupUniformLoad(&scratch[0]) * 0;', why: 'the largest is not taken away' },
    { replace: 'let top = workgroupUniformLoad(&scratch[0]);', by: 'let top = 0 * workgroupUniformLoad(&scratch[0]) + 60;', why: 'a constant for the largest' },
    { replace: 'i += 64) { sum +=', by: 'i += 65) { sum +=', why: 'features are left out' },
    { replace: 'select(0, probability, i < p.features)', by: 'probability', why: 'filled-up features keep what they have' },
    { replace: 'workgroup.x * p.pitch', by: 'workgroup.x * p.features', why: 'samples are not filled up' },
    { replace: 'b > a || isNaN(b)', by: 'b > a', why: 'NaN loses' },
    { replace: '(bits & 0x7f800000) == 0x7f800000', by: 'false', why: 'NaN is lost in exp' },
    { replace: 'i += 64) { largest', by: 'i += 64000) { largest', why: 'the largest of the first 64 features is taken away' },
    { replace: 'scratch[index] += scratch[index + reach]', by: 'scratch[index] += scratch[index]', why: 'the sum of one invocation' },
  ]),
  ...of('relu', [
    { replace: 'value < vec4f()', by: '!(value > vec4f())', why: 'NaN becomes 0' },
    { replace: 'at >= p.size', by: 'at >= p.size - 1', why: 'the last vec4 is left out' },
  ]),
  ...of('pad2d', [
    { replace: 'row % p.rows - p.pad.x', by: 'row % p.rows - p.pad.y', why: 'the padding at the left for that at the top' },
    { replace: '&& j < p.width', by: '&& j <= p.width', why: 'rows run on into the next' },
  ]),
  ...of('place-columns', [
    { replace: 'at / p.width * p.pitch', by: 'at / p.width * p.width', why: 'lines are as long as the columns are wide' },
    { replace: '+ p.start', by: '', why: 'all columns come first' },
    { replace: 'at >= p.size', by: 'at >= p.size - 1', why: 'the last two words are left out' },
  ]),
  ...of('pack', [
    { replace: 'pixel / p.plane * p.pitch', by: 'pixel / p.plane * p.vectors * 4 * p.plane', why: 'images are filled up' },
    { replace: 'x[source + i * p.plane]', by: 'x[source + i]', why: 'channels last are read' },
    { replace: 'select(0, x[source + i * p.plane], first + i < p.channels)', by: 'x[source + i * p.plane]', why: 'channels are filled up with the next image' },
  ]),
  ...of('unpack', [
    { replace: 'feature % p.plane;', by: 'feature / p.plane;', why: 'rows and channels change places' },
    { replace: 'feature / p.plane, real', by: 'feature % p.plane, real', why: 'pixels for channels' },
    { replace: 'at / p.pitch * p.plane', by: 'at / p.features * p.plane', why: 'samples are not filled up' },
  ]),
];
