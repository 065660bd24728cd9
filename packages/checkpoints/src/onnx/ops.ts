import type { CheckpointOp } from '../checkpoint-file.ts';
import type { OnnxModel } from './read-model.ts';
import type { OnnxNode } from './read-node.ts';

/** The ops of ours that a model computes, in its order. */
export function opsOf({ nodes }: Pick<OnnxModel, 'nodes'>): CheckpointOp[] {
  return nodes.flatMap((node) => {
    const op = names.get(node.op);
    if (op === undefined) return [];
    if (op === 'lrn') return { op, ...lrnSettings(node) };
    return op === 'conv2d' || op === 'maxPool2d' ? { op, ...windowSettings(node) } : { op };
  });
}

const names: ReadonlyMap<string, CheckpointOp['op']> = new Map([
  ['Conv', 'conv2d'],
  ['Gemm', 'linear'],
  ['MatMul', 'linear'],
  ['MatMulNBits', 'linear'],
  ['BatchNormalization', 'batchNorm'],
  ['Relu', 'relu'],
  ['LRN', 'lrn'],
  ['MaxPool', 'maxPool2d'],
]);

/** With the defaults of the operator; size has none. */
const defaults = { alpha: 1e-4, beta: 0.75, bias: 1 };

function lrnSettings({ attributes }: OnnxNode): Omit<CheckpointOp, 'op'> {
  const size = attributes.get('size');
  const [alpha, beta, bias] = (['alpha', 'beta', 'bias'] as const).map((key) => attributes.get(key) ?? defaults[key]);
  return { alpha: alpha!, beta: beta!, bias: bias!, ...(size === undefined ? {} : { size }) };
}

/** Kernel, stride and pads of two dimensions, with the defaults of the operators; no pads where they depend on the size of the input. */
function windowSettings({ window, autoPad }: OnnxNode): Omit<CheckpointOp, 'op'> {
  const kernel = window.get('kernel_shape');
  const [strideY = 1, strideX = 1, ...more] = window.get('strides') ?? [];
  const [top = 0, left = 0, bottom = 0, right = 0] = window.get('pads') ?? [];
  if (more.length > 0 || (kernel !== undefined && kernel.length !== 2)) return {};
  return {
    ...(kernel === undefined ? {} : { kernel: [kernel[0]!, kernel[1]!] }),
    stride: [strideY, strideX],
    ...(fixedPads.has(autoPad) ? { pads: [top, left, bottom, right] } : {}),
  };
}

/** Values of auto_pad with which the attribute `pads` holds, or is 0. */
const fixedPads: ReadonlySet<string> = new Set(['', 'NOTSET', 'VALID']);
