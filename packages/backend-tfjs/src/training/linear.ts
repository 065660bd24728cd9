import type { GradientNodeOf, NodeOf } from '@alexnet/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { biasAdd, matMul } from '../lower/tensorflow.ts';
import type { Compute, TrainingContext } from './context.ts';

/*
 * Weights are [out, in], as in the graph. Where a product has a transposed operand, the smaller one is transposed: no engine has to read a
 * weight of 38 million values across its rows, and WebAssembly's products with transposed operands are 10 times as slow as others.
 */

/** y = (w x^T)^T + b */
export function linear({ weight, bias }: NodeOf<'linear'>, context: TrainingContext): Compute {
  const { tf, form } = context;
  return ([x], parameters) => {
    const y = tf.transpose(product(context, parameters.get(weight)!, tf.transpose(x!)));
    if (bias === undefined) return y;
    const added = parameters.get(bias)!;
    return form.linear === 'tensorflow' ? biasAdd(context, y, added) : tf.add(y, added);
  };
}

/** dx = dy w */
export function linearInputGradient(
  { weight }: GradientNodeOf<'linearInputGradient'>,
  context: TrainingContext,
): Compute {
  return ([dy], parameters) => product(context, dy!, parameters.get(weight)!);
}

/** dw = dy^T x */
export function linearWeightGradient(_node: GradientNodeOf<'linearWeightGradient'>, context: TrainingContext): Compute {
  return ([x, dy]) => product(context, context.tf.transpose(dy!), x!);
}

function product(context: TrainingContext, a: Tensor, b: Tensor): Tensor {
  if (context.form.linear === 'tensorflow') return matMul(context, a, b);
  context.checkOperand(b);
  return context.tf.matMul(a, b);
}
