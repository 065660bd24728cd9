import { dtypeBytes } from '@alexnet/core';
import type { CheckpointTensor } from '../checkpoint-file.ts';

/**
 * Tensors of one shape as one, joined along the last axis: bytes are those of whole rows of the parts, put side by side.
 */
export function joinTensors(parts: readonly CheckpointTensor[]): CheckpointTensor {
  const { dtype, shape } = parts[0]!;
  const width = dtypeBytes[dtype];
  const columns = shape.at(-1)!;
  const row = columns * parts.length;
  return {
    dtype,
    shape: [...shape.slice(0, -1), row],
    async read(from, to, options) {
      if (from === to) return new Uint8Array();
      const [first, end] = [Math.floor(from / row), Math.ceil(to / row)];
      const rows = new Uint8Array((end - first) * row * width);
      for (const [i, part] of parts.entries()) {
        const bytes = await part.read(first * columns, end * columns, options);
        for (let at = 0; at < end - first; at++) {
          const piece = bytes.subarray(at * columns * width, (at + 1) * columns * width);
          rows.set(piece, (at * row + i * columns) * width);
        }
      }
      return rows.subarray((from - first * row) * width, (to - first * row) * width);
    },
  };
}
