/*
 * Winograd's minimal filtering (Winograd 1980; Lavin & Gray, "Fast algorithms for convolutional neural networks", CVPR 2016): a tile of
 * m x m outputs of a 3x3 window from a tile of (m + 2) x (m + 2) inputs, with as many products:
 *
 *     Y = A' [ sum over channels of (G g G') * (B' d B) ] A        * is element by element, ' transposes
 */

/** Rows of a matrix. */
export type Matrix = readonly (readonly number[])[];

export interface WinogradTransforms {
  /** Outputs along each side of a tile. */
  readonly tile: number;
  /** B': of the input, [m + 2, m + 2]. */
  readonly input: Matrix;
  /** G: of the filter, [m + 2, 3]. */
  readonly filter: Matrix;
  /** A': of the output, [m, m + 2]. */
  readonly output: Matrix;
  /** How many roundings an element goes through in all six transforms (each is applied to columns and to rows). */
  readonly roundings: number;
}

/** F(2x2, 3x3), from the points 0, 1, -1 and infinity. Factors are powers of two, so that only additions round: 1, 2 and 2 of them. */
const two: WinogradTransforms = {
  tile: 2,
  input: [
    [1, 0, -1, 0],
    [0, 1, 1, 0],
    [0, -1, 1, 0],
    [0, 1, 0, -1],
  ],
  filter: [
    [1, 0, 0],
    [1 / 2, 1 / 2, 1 / 2],
    [1 / 2, -1 / 2, 1 / 2],
    [0, 0, 1],
  ],
  output: [
    [1, 1, 1, 0],
    [0, 1, -1, -1],
  ],
  roundings: 2 * (1 + 2 + 2),
};

/**
 * F(4x4, 3x3), from the points 0, 1, -1, 2, -2 and infinity. The input: a product with 5 and 3 additions; the filter: a stored
 * constant such as 1/6, a product, 2 additions; the output: 4 additions.
 */
const four: WinogradTransforms = {
  tile: 4,
  input: [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
  ],
  filter: [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
  ],
  output: [
    [1, 1, 1, 1, 1, 0],
    [0, 1, -1, 2, -2, 0],
    [0, 1, 1, 4, 4, 0],
    [0, 1, -1, 8, -8, 1],
  ],
  roundings: 2 * (4 + 4 + 4),
};

export const winogradTransforms = { 'winograd-2x2-3x3': two, 'winograd-4x4-3x3': four } as const;

/** A 3x3 convolution of stride 1, by tiles of which the first begins at the first output. */
export interface WinogradConvolution {
  /** [n, channels, height, width] and its values. */
  readonly input: { readonly shape: readonly number[]; readonly data: ArrayLike<number> };
  /** [out, channels / groups, 3, 3] */
  readonly weight: { readonly shape: readonly number[]; readonly data: ArrayLike<number> };
  readonly bias?: ArrayLike<number>;
  readonly groups: number;
  readonly pads: { readonly top: number; readonly left: number };
  /** [rows, columns] */
  readonly output: readonly [number, number];
  readonly transforms: WinogradTransforms;
  /** Rounds every sum and product; `(x) => x` for float64. */
  readonly round: (value: number) => number;
}

/** The convolution's values, [n, out, rows, columns]. */
export function winograd(convolution: WinogradConvolution): Float64Array {
  const { input, weight, bias, groups, output, transforms, round } = convolution;
  const [batch, channels] = input.shape as [number, number];
  const [out, perGroup] = weight.shape as [number, number];
  const [rows, cols] = output;
  const { tile } = transforms;
  const across = tile + 2;
  const area = across * across;
  const filters = transformEach(weight.data, out * perGroup, [transforms.filter, 3], round);
  const values = new Float64Array(batch * out * rows * cols);
  const inputs = new Float64Array(channels * area);
  const sum = new Float64Array(area);
  for (let n = 0; n < batch; n++) {
    for (let top = 0; top < rows; top += tile) {
      for (let left = 0; left < cols; left += tile) {
        copyTiles(convolution, n, top, left, inputs);
        const d = transformEach(inputs, channels, [transforms.input, across], round);
        for (let o = 0; o < out; o++) {
          const first = Math.floor((o * groups) / out) * perGroup;
          sum.fill(0);
          for (let c = 0; c < perGroup; c++) {
            for (let k = 0; k < area; k++)
              sum[k] = round(sum[k]! + round(filters[(o * perGroup + c) * area + k]! * d[(first + c) * area + k]!));
          }
          const y = transformEach(sum, 1, [transforms.output, across], round);
          for (let i = 0; i < Math.min(tile, rows - top); i++) {
            for (let j = 0; j < Math.min(tile, cols - left); j++)
              values[((n * out + o) * rows + top + i) * cols + left + j] = round(y[i * tile + j]! + (bias?.[o] ?? 0));
          }
        }
      }
    }
  }
  return values;
}

/** The tiles of all channels of sample `n` that the outputs from row `top` and column `left` on read; 0 outside the image. */
function copyTiles(
  { input, pads, transforms }: WinogradConvolution,
  n: number,
  top: number,
  left: number,
  tiles: Float64Array,
): void {
  const [, channels, height, width] = input.shape as [number, number, number, number];
  const across = transforms.tile + 2;
  let at = 0;
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < across; i++) {
      for (let j = 0; j < across; j++) {
        const [r, s] = [top + i - pads.top, left + j - pads.left];
        const inside = r >= 0 && r < height && s >= 0 && s < width;
        tiles[at++] = inside ? input.data[((n * channels + c) * height + r) * width + s]! : 0;
      }
    }
  }
}

/** M t M' of `count` square tiles t, one after the other, `across` wide. */
function transformEach(
  tiles: ArrayLike<number>,
  count: number,
  [matrix, across]: readonly [Matrix, number],
  round: (value: number) => number,
): Float64Array {
  const size = matrix.length;
  const result = new Float64Array(count * size * size);
  const half = new Float64Array(size * across);
  for (let t = 0; t < count; t++) {
    for (let i = 0; i < size; i++)
      for (let j = 0; j < across; j++)
        half[i * across + j] = combine(matrix[i]!, tiles, t * across * across + j, across, round);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        result[(t * size + i) * size + j] = combine(matrix[j]!, half, i * across, 1, round);
  }
  return result;
}

function combine(
  factors: readonly number[],
  values: ArrayLike<number>,
  at: number,
  step: number,
  round: (value: number) => number,
): number {
  let sum = 0;
  for (let k = 0; k < factors.length; k++) {
    const factor = factors[k]!;
    if (factor !== 0) sum = round(sum + round(round(factor) * values[at + k * step]!));
  }
  return sum;
}
