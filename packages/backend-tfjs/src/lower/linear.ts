import type { NodeOf } from '@alexnet/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Compute, LowerContext } from './context.ts';
import { putHwcRows, putInOut } from './layout.ts';
import { biasAdd, matMul, relu as tensorflowRelu } from './tensorflow.ts';

/** `context.form.linear` says how. After a flatten, the weights are put into the order of the channels here, once. */
export async function linear(node: NodeOf<'linear'>, context: LowerContext): Promise<Compute> {
  const { tf, form, hold, read } = context;
  const b = await weightOf(node, context);
  const values = node.bias === undefined ? undefined : await read(node.bias);
  const bias = values === undefined ? {} : { bias: hold(() => tf.tensor1d(values)) };
  const activation = context.relu ? { activation: 'relu' as const } : {};
  switch (form.linear) {
    case 'rows':
      return (a) => tf.fused.matMul({ a, b, transposeB: true, ...bias, ...activation });
    case 'product':
      return (a) => tf.fused.matMul({ a, b, ...bias, ...activation });
    case 'steps':
      return (a) => {
        let y: Tensor = tf.matMul(a, b);
        if (bias.bias !== undefined) y = tf.add(y, bias.bias);
        return context.relu ? tf.relu(y) : y;
      };
    case 'tensorflow':
      return (a) => {
        let y: Tensor = matMul(context, a, b);
        if (bias.bias !== undefined) y = biasAdd(context, y, bias.bias);
        return context.relu ? tensorflowRelu(context, y) : y;
      };
  }
}

/** [out, in] for the form `rows`, else [in, out]. */
async function weightOf(
  node: NodeOf<'linear'>,
  { tf, form, extents, rows, array, matrix, hold, imageOf }: LowerContext,
) {
  const [out, into] = extents(node.weight) as [number, number];
  const image = imageOf(node.inputs[0]);
  if (form.linear === 'rows') {
    const values = array(out * into);
    for await (const some of rows(node.weight)) putHwcRows(some, into, image, values);
    return hold(() => tf.tensor2d(values, [out, into]));
  }
  return matrix([into, out], async ({ columns, written }) => {
    for await (const some of rows(node.weight)) {
      putInOut(some, into, image, columns(some.from, some.to));
      written(some.from, some.to);
    }
  });
}
