import { philoxStream, type Shape, sizeOf } from '@alexnet/core';

const SEED = 2012;

/** Uniform on [low, high), from the counter-based generator: the same in every engine. */
export function uniform(shape: Shape, salt: string, low = -1, high = 1): Float32Array {
  const key = [SEED, hashOf(salt)] as const;
  const words = philoxStream([0, 0, 0, 0], key, sizeOf(shape));
  return Float32Array.from(words, (word) => low + ((high - low) * (word >>> 8)) / 2 ** 24);
}

function hashOf(text: string): number {
  let hash = 7;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0;
  return hash;
}
