import type { GradientNodeOf, NodeOf } from '@alexnet/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { biasAdd, matMul } from '../lower/tensorflow.ts';
import type { Compute, TrainingContext } from './context.ts';

/*
 * Weights are [in, out]. Where a product has a transposed operand, the smaller one is transposed: no engine has to read a weight of
 * 38 million values across its rows, and WebAssembly's products with transposed operands are 10 times as slow as others.
 */

export function linear({ weight, bias }: NodeOf<'linear'>, context: TrainingContext): Compute {
  return ([x], parameters) => {
    const y = product(context, x!, parameters.get(weight)!);
    if (bias === undefined) return y;
    const added = parameters.get(bias)!;
    return context.form.linear === 'tensorflow' ? biasAdd(context, y, added) : context.tf.add(y, added);
  };
}

/** dx = (w dy^T)^T */
export function linearInputGradient(
  { weight }: GradientNodeOf<'linearInputGradient'>,
  context: TrainingContext,
): Compute {
  const { tf } = context;
  return ([dy], parameters) => tf.transpose(product(context, parameters.get(weight)!, tf.transpose(dy!)));
}

/** dw = x^T dy */
export function linearWeightGradient(_node: GradientNodeOf<'linearWeightGradient'>, context: TrainingContext): Compute {
  return ([x, dy]) => product(context, context.tf.transpose(x!), dy!);
}

function product(context: TrainingContext, a: Tensor, b: Tensor): Tensor {
  return context.form.linear === 'tensorflow' ? matMul(context, a, b) : context.tf.matMul(a, b);
}
