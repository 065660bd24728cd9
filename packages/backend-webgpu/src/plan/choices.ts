import type { KernelChoice } from '../kernels/kernels.ts';

/** What a choice of a convolution kernel depends on. */
export interface ConvolutionSize {
  /** Pixels of the output, of all images. */
  readonly pixels: number;
  /** vec4s of output channels per group. */
  readonly groupOut: number;
  readonly groups: number;
  /** Products per output element, in vec4s. */
  readonly depth: number;
}

/** What a choice of a linear layer's kernel depends on. */
export interface LinearSize {
  readonly samples: number;
  readonly inVectors: number;
  readonly outVectors: number;
}

/** How a linear layer runs: samples and vec4s of outputs per invocation, and into how many parts the input is cut. */
export interface LinearTile {
  readonly rows: number;
  readonly cols: number;
  readonly parts: number;
}

/** Which kernels run. */
export interface Choices {
  convolution(size: ConvolutionSize): KernelChoice;
  linear(size: LinearSize): LinearTile;
}

/** The kernel whose invocations make ROWS pixels by COLS vec4s of channels. */
export function tile(ROWS: number, COLS: number): KernelChoice {
  return { kernel: 'conv2d-tile', constants: { ROWS, COLS } };
}

/** Everything that may be chosen. */
export const candidates = {
  convolution: [tile(4, 1), tile(4, 2), tile(8, 2), tile(16, 2), tile(16, 4), { kernel: 'conv2d-shared' }],
  linear: [1, 2, 4, 8, 16].flatMap((rows) => [1, 2, 4].map((cols) => ({ rows, cols }))),
} as const satisfies { convolution: readonly KernelChoice[]; linear: readonly Omit<LinearTile, 'parts'>[] };

/** Invocations that keep a GPU busy. */
const BUSY = 16_384;

/**
 * Without a tuning. A software adapter pays for every read and hardly for the number of invocations: large tiles.
 * A GPU needs many invocations, and shares what it reads through workgroup memory.
 */
export function defaultChoices(software: boolean): Choices {
  return {
    convolution({ pixels, groupOut, groups }) {
      if (software) return tile(16, groupOut >= 16 ? 4 : 2);
      // a workgroup of the shared kernel makes 64 pixels by 16 vec4s; fewer than a GPU has processors would leave some idle
      const workgroups = Math.ceil(pixels / 64) * Math.ceil(groupOut / 16) * groups;
      return workgroups >= 64 ? { kernel: 'conv2d-shared' } : tile(4, 1);
    },
    linear({ samples, inVectors, outVectors }) {
      const rows = Math.min(16, 2 ** Math.floor(Math.log2(samples)));
      const cols = software || samples > 1 ? 2 : 1;
      const tiles = Math.ceil(samples / rows) * Math.ceil(outVectors / cols);
      const wanted = Math.ceil((software ? 512 : BUSY) / tiles);
      return { rows, cols, parts: Math.max(1, Math.min(wanted, Math.ceil(inVectors / 16), 64)) };
    },
  };
}
