import adaptiveAvgPool2d from './adaptive-avg-pool2d.wgsl?raw';
import batchNorm from './batch-norm.wgsl?raw';
import conv2dScalar from './conv2d-scalar.wgsl?raw';
import conv2dShared from './conv2d-shared.wgsl?raw';
import conv2dTile from './conv2d-tile.wgsl?raw';
import linear from './linear.wgsl?raw';
import linearSum from './linear-sum.wgsl?raw';
import lrn from './lrn.wgsl?raw';
import maxPool2d from './max-pool2d.wgsl?raw';
import pack from './pack.wgsl?raw';
import pad2d from './pad2d.wgsl?raw';
import placeColumns from './place-columns.wgsl?raw';
import relu from './relu.wgsl?raw';
import softmax from './softmax.wgsl?raw';
import { specialise } from './specialise.ts';
import type { TrainingKernelName } from './training-kernels.ts';
import unpack from './unpack.wgsl?raw';
import weightsF16 from './weights-f16.wgsl?raw';
import weightsF32 from './weights-f32.wgsl?raw';
import weightsQ4 from './weights-q4.wgsl?raw';
import weightsQ8 from './weights-q8.wgsl?raw';

/** The kernels that inference runs, by the names of their files; a linear layer's is its own text behind that of its weights. */
export const inferenceKernels = {
  'adaptive-avg-pool2d': adaptiveAvgPool2d,
  'batch-norm': batchNorm,
  'conv2d-scalar': conv2dScalar,
  'conv2d-shared': conv2dShared,
  'conv2d-tile': conv2dTile,
  'linear-f32': `${weightsF32}\n${linear}`,
  'linear-f16': `${weightsF16}\n${linear}`,
  'linear-q8': `${weightsQ8}\n${linear}`,
  'linear-q4': `${weightsQ4}\n${linear}`,
  'linear-sum': linearSum,
  lrn,
  'max-pool2d': maxPool2d,
  pack,
  pad2d,
  'place-columns': placeColumns,
  relu,
  softmax,
  unpack,
} as const;

export type KernelName = keyof typeof inferenceKernels | TrainingKernelName;

/** Values of a kernel's constants: tile sizes. */
export type Constants = Readonly<Record<string, number>>;

/** A kernel with its constants set. */
export interface KernelChoice {
  readonly kernel: KernelName;
  readonly constants?: Constants;
}

/** The WGSL of a kernel with its constants set. Who only infers does not load the kernels of training. */
export async function wgslOf({ kernel, constants }: KernelChoice): Promise<string> {
  return specialise(await textOf(kernel), constants);
}

/** A kernel's file. */
export async function textOf(kernel: KernelName): Promise<string> {
  if (isForInference(kernel)) return inferenceKernels[kernel];
  return (await import('./training-kernels.ts')).trainingKernels[kernel];
}

function isForInference(kernel: KernelName): kernel is keyof typeof inferenceKernels {
  return Object.hasOwn(inferenceKernels, kernel);
}

/** `linear-f32 ROWS=4 COLS=2` */
export function describeKernel({ kernel, constants = {} }: KernelChoice): string {
  return [kernel, ...Object.entries(constants).map(([name, value]) => `${name}=${value}`)].join(' ');
}
