import { normal, WORDS_PER_NORMAL } from './random.ts';

/*
 * The paper (section 4.1) adds [p1 p2 p3][a1 l1, a2 l2, a3 l3]^T to every pixel, p and l being the principal components of
 * ImageNet's colours, a normal with deviation 0.1, drawn once for a picture. Its authors' code (cuda-convnet2, convdata.py)
 * takes for l the standard deviations on 0-255 below, not the eigenvalues that the paper names. The code also divides by
 * 1.1 afterwards, which the paper does not mention; not done here.
 */

const deviations = [19.72083305, 37.09388853, 121.78006099] as const;

/** Rows red, green, blue; one component per column. */
const components = [
  [0.41795513, -0.71257945, -0.56351045],
  [-0.81698062, -0.02354167, -0.5761844],
  [0.39731118, 0.70119634, -0.59200296],
] as const;

export const WORDS_PER_COLOUR = 3 * WORDS_PER_NORMAL;

/** Adds one random colour to all pixels of interleaved RGB, in place. The result may leave 0-255, as it does in the original. */
export function addColour(rgb: Float64Array, strength: number, words: Uint32Array): void {
  const factors = deviations.map((deviation, i) => strength * normal(words, i * WORDS_PER_NORMAL) * deviation);
  const [red, green, blue] = components.map(([a, b, c]) => a * factors[0]! + b * factors[1]! + c * factors[2]!) as [
    number,
    number,
    number,
  ];
  for (let i = 0; i < rgb.length; i += 3) {
    rgb[i]! += red;
    rgb[i + 1]! += green;
    rgb[i + 2]! += blue;
  }
}
