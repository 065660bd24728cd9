import type { GradientNodeOf } from '@alexnet/core';
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { poolPadding } from '../lower/pool-padding.ts';
import { averages, byRowsAndColumns, padLowest } from '../lower/pooling.ts';
import type { Tfjs } from '../tfjs.ts';
import type { Compute, TrainingContext } from './context.ts';

type Pair = readonly [number, number];

/** `context.training.maxPool` says how. But for TensorFlow's SAME, it is done to what the windows reach of the image, with its padding. */
export function maxPool2dGradient(node: GradientNodeOf<'maxPool2dGradient'>, context: TrainingContext): Compute {
  const { tf, training, shapeOf } = context;
  const [image, gradient] = node.inputs.map(shapeOf) as [[number, number, number], [number, number, number]];
  const [channels, height, width] = image;
  const [, rows, columns] = gradient;
  const { kind, pads } = poolPadding(node, image, gradient);
  // turned around, SAME would be at the other end
  if (kind === 'same' && training.maxPool === 'kernel') {
    return ([x, dy]) => kernelGradient(tf, node, x as Tensor4D, dy as Tensor4D, 'same');
  }
  const high = (rows - 1) * node.stride[0] + node.kernel[0];
  const wide = (columns - 1) * node.stride[1] + node.kernel[1];
  // what strides leave over at the end is in no window
  const used = [Math.min(height, high - pads.top), Math.min(width, wide - pads.left)] as const;
  const compute = training.maxPool === 'comparison' ? byComparison : byKernel;
  return ([x, dy]) => {
    const reached = tf.slice4d(padLowest(tf, x!, pads), [0, 0, 0, 0], [-1, high, wide, channels]);
    const dx = compute(context, node, reached, dy as Tensor4D);
    return tf.pad(tf.slice4d(dx, [0, pads.top, pads.left, 0], [-1, ...used, channels]), [
      [0, 0],
      [0, height - used[0]],
      [0, width - used[1]],
      [0, 0],
    ]);
  };
}

interface Windows {
  readonly kernel: Pair;
  readonly stride: Pair;
}

/** In an image that is turned by 180 degrees, the last of several equal maxima is the first. */
function byKernel({ tf, training }: TrainingContext, windows: Windows, x: Tensor4D, dy: Tensor4D): Tensor4D {
  const turn = (y: Tensor4D) => (training.maxPool === 'turned' ? tf.reverse(y, [1, 2]) : y);
  return turn(kernelGradient(tf, windows, turn(x), turn(dy), 'valid'));
}

function kernelGradient(
  tf: Tfjs,
  { kernel, stride }: Windows,
  input: Tensor4D,
  dy: Tensor4D,
  pad: 'valid' | 'same',
): Tensor4D {
  const [filterSize, strides] = [[...kernel], [...stride]] as [[number, number], [number, number]];
  const inputs = { dy, input, output: tf.maxPool(input, filterSize, strides, pad) };
  return tf.engine().runKernel(tf.MaxPoolGrad, inputs, { filterSize, strides, pad });
}

/** One place of the windows after the other, row by row: those whose maximum is there, and was at no place before. */
function byComparison({ tf }: TrainingContext, { kernel, stride }: Windows, x: Tensor4D, dy: Tensor4D): Tensor4D {
  const [[kh, kw], [sh, sw]] = [kernel, stride];
  const [n, rows, columns, channels] = dy.shape;
  const maxima = tf.maxPool(x, [kh, kw], [sh, sw], 'valid');
  const zeros = tf.zerosLike(dy);
  // place u, v of window i, j is pixel (i + down) sh + p, (j + across) sw + q
  const [mostDown, mostAcross] = [Math.floor((kh - 1) / sh), Math.floor((kw - 1) / sw)];
  const [high, wide] = [rows + mostDown, columns + mostAcross];
  const pixels = Array.from({ length: sh }, () =>
    Array.from({ length: sw }, () => tf.zeros([n, high, wide, channels])),
  );
  /** With what one place adds, and nothing besides: a window has nine, each as large as what was pooled. */
  const withPlace = (u: number, v: number, found: Tensor | undefined, sum: Tensor): [found: Tensor, sum: Tensor] => {
    const end = [n, u + (rows - 1) * sh + 1, v + (columns - 1) * sw + 1, channels];
    const equal = tf.equal(tf.stridedSlice(x, [0, u, v, 0], end, [1, sh, sw, 1]), maxima);
    const here = found === undefined ? equal : tf.logicalAnd(equal, tf.logicalNot(found));
    const [down, across] = [Math.floor(u / sh), Math.floor(v / sw)];
    const placed = tf.pad(tf.where(here, dy, zeros), [
      [0, 0],
      [down, mostDown - down],
      [across, mostAcross - across],
      [0, 0],
    ]);
    return [found === undefined ? equal : tf.logicalOr(found, equal), tf.add(sum, placed)];
  };
  let found: Tensor | undefined;
  for (let u = 0; u < kh; u++) {
    for (let v = 0; v < kw; v++) {
      const row = pixels[u % sh]!;
      const before = [found, row[v % sw]];
      const [all, sum] = tf.tidy(() => withPlace(u, v, found, row[v % sw]!));
      tf.dispose(before);
      [found, row[v % sw]] = [all, sum];
    }
  }
  const mixed = pixels.map((row) => tf.reshape(tf.concat(row, 3), [n, high, wide * sw * channels]));
  const all = tf.reshape<Rank.R4>(tf.concat(mixed, 2), [n, high * sh, wide * sw, channels]);
  return tf.slice4d(all, [0, 0, 0, 0], x.shape);
}

/** The two products of the forward pass, transposed. */
export function adaptiveAvgPool2dGradient(
  node: GradientNodeOf<'adaptiveAvgPool2dGradient'>,
  { tf, hold, shapeOf }: TrainingContext,
): Compute {
  const [, height, width] = node.shape as [number, number, number];
  const [, rows, columns] = shapeOf(node.inputs[0]) as [number, number, number];
  const turned = (windows: number, extent: number) =>
    hold(() => tf.tidy(() => tf.transpose(tf.tensor2d(averages(windows, extent), [windows, extent]))));
  const [down, across] = [turned(rows, height), turned(columns, width)];
  return ([dy]) => byRowsAndColumns(tf, dy!, down, across);
}
