import { fromHalf, type NodeOf, Q4_BLOCK, restoreWeight, type StoredWeight, type Tensor } from '@alexnet/core';
import type { Alteration, Call } from '../altered-backend.ts';
import type { Dot } from './float32-kernels.ts';

const { fround } = Math;

/*
 * Correct float32 kernels that read stored weights as they are and multiply sums, not weights, by scales. The suite must pass all of them.
 */
export function storedKernel(dot: Dot): Alteration {
  const storedOf = new WeakMap<Tensor, StoredWeight>();
  return {
    stored: (stored) => {
      const meant = restoreWeight(stored);
      storedOf.set(meant, stored);
      return meant;
    },
    node: (call) => {
      if (call.node.op !== 'linear') return undefined;
      const stored = storedOf.get(call.weights.get(call.node.weight)!);
      return stored && multiply(call as Call<NodeOf<'linear'>>, stored, dot);
    },
  };
}

function multiply({ node, input, output, batch, weights }: Call<NodeOf<'linear'>>, stored: StoredWeight, dot: Dot) {
  const features = input.shape[0]!;
  const [out] = output as [number];
  const bias = node.bias === undefined ? undefined : weights.get(node.bias)!.data;
  const data = new Float32Array(batch * out);
  for (let i = 0; i < data.length; i++) {
    const [n, o] = [Math.floor(i / out), i % out];
    const x = Float32Array.from(input.data.subarray(n * features, (n + 1) * features));
    data[i] = rowTimes(stored, o, x, bias?.[o] ?? 0, dot);
  }
  return { shape: [batch, out], data };
}

function rowTimes(stored: StoredWeight, row: number, x: Float32Array, bias: number, dot: Dot): number {
  const [from, to] = [row * x.length, (row + 1) * x.length];
  switch (stored.precision) {
    case 'f32':
      return dot(stored.data.subarray(from, to), x, bias);
    case 'f16':
      return dot(fromHalf(stored.data.subarray(from, to)), x, bias);
    case 'q8': {
      const sum = dot(Float32Array.from(stored.data.subarray(from, to)), x, 0);
      return fround(fround(sum * stored.scales[row]!) + bias);
    }
    case 'q4': {
      const blocks = Math.ceil(x.length / Q4_BLOCK);
      let sum = bias;
      for (let b = 0; b < blocks; b++) {
        const packed = stored.data.subarray((row * blocks + b) * 16, (row * blocks + b + 1) * 16);
        const part = x.subarray(b * Q4_BLOCK, (b + 1) * Q4_BLOCK);
        const q = Float32Array.from(part, (_, i) => ((packed[i >> 1]! >>> (4 * (i & 1))) & 0xf) - 8);
        const [scale] = fromHalf(stored.scales.subarray(row * blocks + b, row * blocks + b + 1));
        sum = fround(sum + fround(dot(q, part, 0) * scale!));
      }
      return sum;
    }
  }
}
