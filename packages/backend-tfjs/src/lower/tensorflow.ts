import type { NodeOf } from '@alexnet/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../engines/node.ts';
import type { LowerContext } from './context.ts';

type Context = Pick<LowerContext, 'backend'>;

/*
 * TensorFlow's ops, called without tfjs's kernels in between: those have no groups, run BiasAdd as a broadcast addition and a product of two
 * matrices as a batch of products, at half the speed. The outputs are tensors of tfjs like all others.
 */

export function conv2d(
  context: Context,
  x: Tensor,
  filter: Tensor,
  { stride, pads }: Pick<NodeOf<'conv2d'>, 'stride' | 'pads'>,
): Tensor {
  const { binding } = context.backend as NativeBackend;
  const { top, bottom, left, right } = pads;
  const padded = top + bottom + left + right > 0;
  return run(
    context,
    'Conv2D',
    [x, filter],
    [
      { name: 'strides', type: binding['TF_ATTR_INT'], value: [1, ...stride, 1] },
      { name: 'padding', type: binding['TF_ATTR_STRING'], value: padded ? 'EXPLICIT' : 'VALID' },
      ...(padded
        ? [{ name: 'explicit_paddings', type: binding['TF_ATTR_INT'], value: [0, 0, top, bottom, left, right, 0, 0] }]
        : []),
      { name: 'data_format', type: binding['TF_ATTR_STRING'], value: 'NHWC' },
      { name: 'dilations', type: binding['TF_ATTR_INT'], value: [1, 1, 1, 1] },
    ],
  );
}

/** [n, in] x [in, out]. */
export function matMul(context: Context, a: Tensor, b: Tensor): Tensor {
  const { binding } = context.backend as NativeBackend;
  return run(
    context,
    'MatMul',
    [a, b],
    [
      { name: 'transpose_a', type: binding['TF_ATTR_BOOL'], value: false },
      { name: 'transpose_b', type: binding['TF_ATTR_BOOL'], value: false },
    ],
  );
}

export function biasAdd(context: Context, x: Tensor, bias: Tensor): Tensor {
  const { binding } = context.backend as NativeBackend;
  return run(context, 'BiasAdd', [x, bias], [{ name: 'data_format', type: binding['TF_ATTR_STRING'], value: 'NHWC' }]);
}

export function relu(context: Context, x: Tensor): Tensor {
  return run(context, 'Relu', [x], []);
}

function run({ backend }: Context, op: string, inputs: readonly Tensor[], attributes: readonly object[]): Tensor {
  const native = backend as NativeBackend;
  const type = { name: 'T', type: native.binding['TF_ATTR_TYPE'], value: native.binding['TF_FLOAT'] };
  return native.executeSingleOutput(op, [type, ...attributes], inputs) as Tensor;
}
