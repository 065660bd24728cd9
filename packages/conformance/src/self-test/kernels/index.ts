import type { OpName } from '@alexnet/core';
import { dots, kernel } from './float32-kernels.ts';
import { layerKernels } from './float32-layers.ts';
import type { LayerKernel } from './layer-kernel.ts';
import { winogradKernel } from './winograd.ts';

/** A correct float32 implementation of an op. */
export interface CorrectKernel extends LayerKernel {
  readonly name: string;
}

const accumulating = ['conv2d', 'linear', 'adaptiveAvgPool2d'] as const satisfies readonly OpName[];

/** Every correct kernel of every op. The suite must pass all of them, always. */
export const correctKernels: readonly CorrectKernel[] = [
  ...accumulating.flatMap((op) =>
    Object.entries(dots).map(([name, dot]) => ({
      name,
      op,
      // what an infinite sum loses is infinity minus infinity
      alteration:
        name === 'Kahan summation' ? { ...kernel(dot), capabilities: { strictNonFinite: false } } : kernel(dot),
    })),
  ),
  { name: 'Winograd F(2x2, 3x3), declared', ...winogradKernel('winograd-2x2-3x3') },
  { name: 'Winograd F(4x4, 3x3), declared', ...winogradKernel('winograd-4x4-3x3') },
  ...Object.entries(layerKernels).map(([name, { op, alteration }]) => ({ name, op, alteration })),
];
