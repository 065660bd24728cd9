import type { Rates, UpdateRule } from '@alexnet/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import { sumOfSquares } from './loss.ts';

/** A parameter and its slots, in the order of `slotsOf`, after a step. */
export interface Updated {
  readonly weight: Tensor;
  readonly slots: readonly Tensor[];
}

/** How one parameter follows its gradient: the formulas of `UpdateRule`. The gradient is already clipped. */
export function updated(
  tf: Tfjs,
  rule: UpdateRule,
  { learningRate: r, weightDecay }: Rates,
  w: Tensor,
  g: Tensor,
  [a, d]: readonly Tensor[],
): Updated {
  switch (rule.kind) {
    case 'sgd': {
      const pulled = tf.mul(g, -r);
      const step = weightDecay === 0 ? pulled : tf.sub(pulled, tf.mul(w, weightDecay * r));
      if (a === undefined) return { weight: tf.add(w, step), slots: [] };
      const velocity = tf.add(tf.mul(a, rule.momentum), step);
      return { weight: tf.add(w, velocity), slots: [velocity] };
    }
    case 'rmsprop': {
      const square = followed(tf, a!, g, rule.rho);
      const step = tf.div(tf.mul(g, r), tf.add(tf.sqrt(square), rule.epsilon));
      return { weight: tf.sub(w, step), slots: [square] };
    }
    case 'adadelta': {
      const square = followed(tf, a!, g, rule.rho);
      const u = tf.div(tf.mul(g, tf.sqrt(tf.add(d!, rule.epsilon))), tf.sqrt(tf.add(square, rule.epsilon)));
      return { weight: tf.sub(w, tf.mul(u, r)), slots: [square, followed(tf, d!, u, rule.rho)] };
    }
  }
}

/** rho * mean + (1 - rho) * value^2 */
function followed(tf: Tfjs, mean: Tensor, value: Tensor, rho: number): Tensor {
  return tf.add(tf.mul(mean, rho), tf.mul(tf.square(value), 1 - rho));
}

/** Gradients scaled down so that the norm of all of them together is at most `clipNorm`; decided on the device. */
export function clipped(tf: Tfjs, gradients: readonly Tensor[], clipNorm: number | undefined): readonly Tensor[] {
  if (clipNorm === undefined || gradients.length === 0) return gradients;
  const norm = tf.sqrt(tf.addN(gradients.map((g) => sumOfSquares(tf, g))));
  const factor = tf.where(tf.lessEqual(norm, clipNorm), 1, tf.div(clipNorm, norm));
  return gradients.map((g) => tf.mul(g, factor));
}
