import type { NodeOf, Pads, Pair } from '@alexnet/core';
import { imageOf, placeOf, type Subject } from './mistake.ts';

export type Products = Subject<NodeOf<'conv2d'>> | Subject<NodeOf<'linear'>>;

/** A convolution or a linear layer, which is a convolution of one pixel. */
export interface Geometry {
  /** Of the input: channels, height, width. */
  readonly image: readonly [number, number, number];
  /** Of the output. */
  readonly output: readonly [number, number, number];
  /** Of the weight: inputs of a group, height, width. */
  readonly window: readonly [number, number, number];
  readonly groups: number;
  readonly stride: Pair;
  readonly pads: Pads;
}

export function geometryOf({ node, input, want, weights }: Products): Geometry {
  const [, perGroup, kh = 1, kw = 1] = weights.get(node.weight)!.shape as [number, number, number?, number?];
  const common = {
    image: imageOf(input.shape),
    output: imageOf(want.shape.slice(1)),
    window: [perGroup, kh, kw],
  } as const;
  if (node.op === 'conv2d') return { ...common, groups: node.groups, stride: node.stride, pads: node.pads };
  return { ...common, groups: 1, stride: [1, 1], pads: { top: 0, left: 0, bottom: 0, right: 0 } };
}

/** What is done differently from y[n,o,i,j] = b[o] + sum over k,u,v of w[o,k,u,v] x[n, g*I + k, i*sh + u - top, j*sw + v - left]. */
export interface Changes {
  readonly stride?: (group: number) => Pair;
  readonly pads?: Partial<Pads>;
  readonly output?: readonly [number, number, number];
  /** A pixel inside the image. */
  readonly pixel?: (n: number, c: number, r: number, s: number) => number;
  /** What stands beside it. */
  readonly outside?: (n: number, c: number, r: number, s: number) => number;
  /** The input channel of the k-th of an output's group. */
  readonly channel?: (o: number, k: number) => number;
  readonly weight?: (o: number, k: number, u: number, v: number) => number;
  readonly bias?: (o: number) => number;
  /** How often term t of `count` counts. */
  readonly counts?: (t: number, count: number, k: number, u: number, v: number) => number;
  /** How the products and the bias are added up. */
  readonly add?: (products: Float64Array, bias: number) => number;
}

/** The element i of a sum of products with changes. */
export function productsAt(subject: Products, changes: Changes = {}): (i: number) => number {
  const geometry = geometryOf(subject);
  const [channels, height, width] = geometry.image;
  const [perGroup, kh, kw] = geometry.window;
  const output = changes.output ?? geometry.output;
  const perOutputGroup = output[0] / geometry.groups;
  const pads = { ...geometry.pads, ...changes.pads };
  const x = subject.input.data;
  const w = subject.weights.get(subject.node.weight)!.data;
  const pixel = changes.pixel ?? ((n, c, r, s) => x[((n * channels + c) * height + r) * width + s]!);
  const outside = changes.outside ?? (() => 0);
  const channel = changes.channel ?? ((o, k) => Math.floor(o / perOutputGroup) * perGroup + k);
  const weight = changes.weight ?? ((o, k, u, v) => w[((o * perGroup + k) * kh + u) * kw + v]!);
  const bias = changes.bias ?? biasOf(subject);
  const { counts, add } = changes;
  const count = perGroup * kh * kw;
  const products = new Float64Array(count);
  return (i) => {
    const { n, c: o, r, s } = placeOf(i, output);
    const [down, across] = changes.stride?.(Math.floor(o / perOutputGroup)) ?? geometry.stride;
    let t = 0;
    for (let k = 0; k < perGroup; k++) {
      const c = channel(o, k);
      for (let u = 0; u < kh; u++) {
        const row = r * down + u - pads.top;
        for (let v = 0; v < kw; v++) {
          const col = s * across + v - pads.left;
          const inside = row >= 0 && row < height && col >= 0 && col < width;
          const value = inside ? pixel(n, c, row, col) : outside(n, c, row, col);
          const times = counts === undefined ? 1 : counts(t, count, k, u, v);
          products[t++] = times === 0 ? 0 : times * weight(o, k, u, v) * value;
        }
      }
    }
    if (add !== undefined) return add(products, bias(o));
    let sum = bias(o);
    for (let term = 0; term < count; term++) sum += products[term]!;
    return sum;
  };
}

/** The bias of an output channel; 0 without one. */
export function biasOf({ node, weights }: Products): (o: number) => number {
  const bias = node.bias === undefined ? undefined : weights.get(node.bias)!.data;
  return (o) => bias?.[o] ?? 0;
}

/** How many terms a sum has: what an element costs. */
export function termsOf(subject: Subject): number {
  if (subject.node.op !== 'conv2d' && subject.node.op !== 'linear') return 1;
  return geometryOf(subject as Products).window.reduce((a, b) => a * b, 1);
}
