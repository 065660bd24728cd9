import { sizeOf, toFloat32 } from '@alexnet/core';
import type { CheckpointTensor } from '../checkpoint-file.ts';
import { checkElements } from '../element-range.ts';
import type { Unpack } from './unpack.ts';

/*
 * com.microsoft.MatMulNBits (onnxruntime/docs/ContribOperators.md), a product with a weight [N, K] of 4 or 8 bits. Inputs: A, B, scales,
 * zero_points, g_idx, bias.
 *
 *     B       [N, blocks, block_size * bits / 8], blocks = ceil(K / block_size); of 4 bits the low ones come first
 *     scales  [N, blocks], perhaps flattened
 *     weight  (q - 2^(bits - 1)) * scale, without zero_points, as `alexnet` writes it
 */

const OPTIONAL_INPUTS = [3, 4]; // zero_points, g_idx

export const matMulNBitsWeight: Unpack = ({ name, inputs, attributes }, [, stored, scales]) => {
  const [rows, columns, bits, block] = ['N', 'K', 'bits', 'block_size'].map((key) => attributes.get(key) ?? 0);
  if (stored?.dtype !== 'U8' || !(scales?.dtype === 'F32' || scales?.dtype === 'F16')) return undefined;
  if (OPTIONAL_INPUTS.some((index) => (inputs[index] ?? '') !== '')) return undefined;
  if (!rows || !columns || !block || !(bits === 4 || bits === 8) || rows < 1 || columns < 1 || block < 2)
    return undefined;
  const blocks = Math.ceil(columns / block);
  const blockBytes = (block * bits) / 8;
  if (sizeOf(scales.shape) !== rows * blocks || sizeOf(stored.shape) !== rows * blocks * blockBytes) return undefined;

  const shape = [rows, columns];
  const rowBytes = blocks * blockBytes;
  const tensor: CheckpointTensor = {
    dtype: 'F32',
    shape,
    async read(from, to, options) {
      checkElements(from, to, rows * columns, name);
      const values = new Float32Array(to - from);
      const firstRow = Math.floor(from / columns);
      const pastRow = Math.ceil(to / columns);
      if (values.length === 0) return new Uint8Array(0);
      const packed = await stored.read(firstRow * rowBytes, pastRow * rowBytes, options);
      const bytes = await scales.read(firstRow * blocks, pastRow * blocks, options);
      const factors = toFloat32({ dtype: scales.dtype, shape: [bytes.length], data: bytes });
      let at = from - firstRow * columns;
      for (let i = 0; i < values.length; i++, at++) {
        const row = Math.floor(at / columns);
        const column = at - row * columns;
        const index = row * rowBytes + Math.floor((column * bits) / 8);
        const code = bits === 8 ? packed[index]! - 128 : ((packed[index]! >>> (4 * (column & 1))) & 15) - 8;
        values[i] = code * factors[row * blocks + Math.floor(column / block)]! + 0; // no -0
      }
      return new Uint8Array(values.buffer);
    },
  };
  return { name: inputs[1] ?? '', tensor, parts: [2] };
};
