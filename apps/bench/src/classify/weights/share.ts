import type { Tensor, Weights } from '@alexnet/core';

/**
 * Weights in memory that all workers of an isolated page share, tensor by tensor: while it works, both copies of one are there.
 * Elsewhere the weights as they are, whose buffers can be moved.
 */
export function shared(weights: Weights): Weights {
  if (!crossOriginIsolated) return weights;
  return new Map([...weights].map(([name, tensor]) => [name, sharedTensor(tensor)]));
}

function sharedTensor({ shape, data }: Tensor): Tensor {
  const copy = new Float32Array(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return { shape, data: copy };
}

/** The buffers under weights that can be moved, each once: none where memory is shared. */
export function buffersOf(weights: Weights): ArrayBuffer[] {
  const buffers = new Set([...weights.values()].map(({ data }) => data.buffer));
  return [...buffers].filter((buffer) => buffer instanceof ArrayBuffer);
}
