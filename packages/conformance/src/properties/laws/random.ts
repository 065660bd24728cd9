import type { Shape, Tensor } from '@alexnet/core';
import { uniform } from '../../data/uniform.ts';

/** Random numbers for a law: the same for the same name. */
export function random(shape: Shape, name: string, low = -1, high = 1): Tensor {
  return { shape, data: uniform(shape, `law ${name}`, low, high) };
}
