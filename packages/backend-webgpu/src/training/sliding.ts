import type { Pads, Pair } from '@alexnet/core';
import type { Layout } from '../plan/layout.ts';

/*
 * Gradients of convolutions and linear layers are matrix products over weights in the layout in which the forward kernels read them, and into
 * that layout. A linear layer is a 1x1 convolution of one image of 1 x batch pixels.
 */

/** What the kernels are told of a convolution. */
export interface Sliding {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly pads: Pick<Pads, 'top' | 'left'>;
  readonly groups: number;
}

export const still: Sliding = { kernel: [1, 1], stride: [1, 1], pads: { top: 0, left: 0 }, groups: 1 };

/** Images side by side: how many, and the layout of each. */
export interface Images extends Layout {
  readonly samples: number;
}

/** The samples of a flat value as the pixels of one image. */
export const inLine = (flat: Layout, batch: number): Images => ({ ...flat, samples: 1, width: batch });

/** What one buffer of weights holds: ranges of vec4s of input and output channels, per group. */
export interface Block {
  readonly groupX: number;
  readonly groupY: number;
  /** Of the input. */
  readonly firstVector: number;
}

/** Invocations that keep a GPU busy. */
export const BUSY = 16_384;

export function vectorsPerGroup(groups: number, perGroup: number, out: number) {
  return { groupX: Math.ceil(perGroup / 4), groupY: Math.ceil(out / groups / 4) };
}
