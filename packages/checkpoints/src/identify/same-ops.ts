import { foldPadding, type Graph, type Node, type Pads } from '@alexnet/core';
import type { CheckpointOp } from '../checkpoint-file.ts';

/** Files write constants in float32, and some divide by the size themselves. */
const RELATIVE = 1e-6;

/** Whether a graph computes in the same order as a file, and with the same settings where the file says them. */
export function sameOps(graph: Graph, ops: readonly CheckpointOp[]): boolean {
  const ours = foldPadding(graph).nodes.flatMap((node) => stepOf(node) ?? []);
  return ours.length === ops.length && ours.every((step, i) => agrees(step, ops[i]!));
}

function stepOf(node: Node): CheckpointOp | undefined {
  switch (node.op) {
    case 'linear':
    case 'batchNorm':
    case 'relu':
      return { op: node.op };
    case 'lrn': {
      const { op, size, alpha, beta, bias } = node;
      return { op, size, alpha, beta, bias };
    }
    case 'conv2d': // whose kernel the shape of its weight says
      return { op: node.op, stride: node.stride, pads: sides(node.pads) };
    case 'maxPool2d': {
      const { op, kernel, stride, pads } = node;
      return { op, kernel, stride, pads: sides(pads) };
    }
    case 'adaptiveAvgPool2d':
    case 'dropout':
    case 'flatten':
    case 'pad2d':
    case 'softmax':
      return undefined;
  }
}

function sides({ top, left, bottom, right }: Pads): [number, number, number, number] {
  return [top, left, bottom, right];
}

function agrees(ours: CheckpointOp, theirs: CheckpointOp): boolean {
  if (ours.op !== theirs.op) return false;
  const numbers = (['size', 'alpha', 'beta', 'bias'] as const).every((key) => close(ours[key], theirs[key]));
  const lists = (['kernel', 'stride', 'pads'] as const).every(
    (key) => theirs[key] === undefined || ours[key] === undefined || String(ours[key]) === String(theirs[key]),
  );
  return numbers && lists;
}

function close(ours: number | undefined, theirs: number | undefined): boolean {
  if (ours === undefined || theirs === undefined) return true;
  return Math.abs(ours - theirs) <= RELATIVE * Math.abs(ours);
}
