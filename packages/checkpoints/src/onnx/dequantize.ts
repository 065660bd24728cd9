import { type Dtype, sizeOf } from '@alexnet/core';
import type { CheckpointTensor } from '../checkpoint-file.ts';
import { checkElements } from '../element-range.ts';
import type { Unpack } from './unpack.ts';

/*
 * DequantizeLinear (onnx/docs/Operators.md): y = float32(x - zero) * scale, with one scale and zero for the whole tensor or for each index
 * along an axis.
 */

type Integers = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array;

/** Types of quantised weights and biases. */
const integerTypes: Partial<Record<Dtype, new (buffer: ArrayBuffer) => Integers>> = {
  I8: Int8Array,
  U8: Uint8Array,
  I16: Int16Array,
  U16: Uint16Array,
  I32: Int32Array,
};

const DEFAULT_AXIS = 1;

export const dequantized: Unpack = (node, [stored, scale, zero]) => {
  if (stored === undefined || scale?.dtype !== 'F32') return undefined;
  const { shape, dtype } = stored;
  const Typed = integerTypes[dtype];
  const hasZero = (node.inputs[2] ?? '') !== '';
  if (Typed === undefined || (node.attributes.get('block_size') ?? 0) !== 0) return undefined;
  if (hasZero && (zero?.dtype !== dtype || sizeOf(zero.shape) !== sizeOf(scale.shape))) return undefined;

  const scales = sizeOf(scale.shape);
  const given = node.attributes.get('axis') ?? DEFAULT_AXIS;
  const axis = given < 0 ? given + shape.length : given;
  if (scales !== 1 && (scale.shape.length !== 1 || scales !== shape[axis])) return undefined;
  /** Neighbours that share a scale. */
  const inner = scales === 1 ? Number.POSITIVE_INFINITY : sizeOf(shape.slice(axis + 1));

  const tensor: CheckpointTensor = {
    dtype: 'F32',
    shape,
    async read(from, to, options) {
      checkElements(from, to, sizeOf(shape), node.name);
      const integers = new Typed(copy(await stored.read(from, to, options)));
      const factors = new Float32Array(copy(await scale.read(0, scales, options)));
      const zeros = zero === undefined ? undefined : new Typed(copy(await zero.read(0, scales, options)));
      const values = new Float32Array(to - from);
      for (let i = 0; i < values.length; i++) {
        const index = scales === 1 ? 0 : Math.floor((from + i) / inner) % scales;
        values[i] = Math.fround(integers[i]! - (zeros?.[index] ?? 0)) * factors[index]!;
      }
      return new Uint8Array(values.buffer);
    },
  };
  return { name: node.outputs[0] ?? '', tensor, parts: hasZero ? [0, 1, 2] : [0, 1] };
};

/** The bytes in a buffer of their own, which is aligned. */
function copy(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
