import { float32, integer, type NodeDef, texts } from './graph-def.ts';
import { type LoweringContext, node } from './lowered.ts';

/** A TensorFlow op that multiplies by weights: by itself, and with bias and activation in one. */
export interface Kernel {
  readonly plain: 'Conv2D' | 'MatMul';
  readonly fused: '_FusedConv2D' | '_FusedMatMul';
  readonly attr: NodeDef['attr'];
}

/** Such an op with a ReLU after it or none. `operands`: input, weights and, where there is one, bias. */
export function lowerKernel(
  { plain, fused, attr }: Kernel,
  name: string,
  operands: readonly string[],
  relu: boolean,
  { part }: LoweringContext,
): NodeDef[] {
  if (operands.length === 3) {
    const ops = relu ? ['BiasAdd', 'Relu'] : ['BiasAdd'];
    return [node(fused, name, operands, { ...attr, num_args: integer(1), fused_ops: texts(ops) })];
  }
  if (!relu) return [node(plain, name, operands, attr)];
  // not fused: the converter reads the first of fused_ops as the bias, so an activation alone would be lost
  const product = part(name, 'product');
  return [node(plain, product, operands, attr), node('Relu', name, [product], float32)];
}
