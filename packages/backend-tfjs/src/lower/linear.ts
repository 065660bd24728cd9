import type { NodeOf } from '@alexnet/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { type Compute, type LowerContext, parameter } from './context.ts';
import { toHwcRows, toInOut } from './layout.ts';
import { biasAdd, matMul, relu as tensorflowRelu } from './tensorflow.ts';

/** `context.form.linear` says how. After a flatten, the weights are put into the order of the channels here, once. */
export function linear(node: NodeOf<'linear'>, context: LowerContext): Compute {
  const { tf, form, hold } = context;
  const [out, into] = context.weights.get(node.weight)!.shape as [number, number];
  const data = parameter(context, node.weight);
  const image = context.imageOf(node.inputs[0]);
  const bias = node.bias === undefined ? {} : { bias: hold(tf.tensor1d(parameter(context, node.bias).slice())) };
  const activation = context.relu ? { activation: 'relu' as const } : {};
  if (form.linear === 'rows') {
    const b = hold(tf.tensor2d(toHwcRows(data, image), [out, into]));
    return (a) => tf.fused.matMul({ a, b, transposeB: true, ...bias, ...activation });
  }

  const columns = toInOut(data, [out, into], image);
  switch (form.linear) {
    case 'product': {
      const b = hold(tf.tensor2d(columns, [into, out]));
      return (a) => tf.fused.matMul({ a, b, ...bias, ...activation });
    }
    case 'steps': {
      const b = hold(tf.tensor2d(columns, [into, out]));
      return (a) => {
        let y: Tensor = tf.matMul(a, b);
        if (bias.bias !== undefined) y = tf.add(y, bias.bias);
        return context.relu ? tf.relu(y) : y;
      };
    }
    case 'tensorflow': {
      const b = hold(tf.tensor2d(columns, [into, out]));
      return (a) => {
        let y: Tensor = matMul(context, a, b);
        if (bias.bias !== undefined) y = biasAdd(context, y, bias.bias);
        return context.relu ? tensorflowRelu(context, y) : y;
      };
    }
  }
}
