import type { Algorithm, NodeOf } from '@alexnet/core';
import { winograd, winogradTransforms } from '../../numerics/winograd.ts';
import type { Call } from '../altered-backend.ts';
import { type LayerKernel, layerKernel } from './layer-kernel.ts';

/** Winograd's convolution in float32, of a backend that declares it, or that does not. Other convolutions than 3x3 of stride 1 are the oracle's. */
export function winogradKernel(algorithm: Algorithm, declared = true): LayerKernel {
  const compute = ({ node, input, output, batch, weights }: Call<NodeOf<'conv2d'>>) => {
    const weight = weights.get(node.weight)!;
    const [, , kh, kw] = weight.shape;
    if (kh !== 3 || kw !== 3 || node.stride[0] !== 1 || node.stride[1] !== 1) return undefined;
    const values = winograd({
      input: { shape: [batch, ...input.shape], data: input.data },
      weight,
      ...(node.bias === undefined ? {} : { bias: weights.get(node.bias)!.data }),
      groups: node.groups,
      pads: node.pads,
      output: [output[1]!, output[2]!],
      transforms: winogradTransforms[algorithm],
      round: Math.fround,
    });
    return Float32Array.from(values);
  };
  return layerKernel('conv2d', compute, {
    strictNonFinite: false, // an infinity meets its negative elsewhere in a tile
    ...(declared ? { algorithms: [algorithm] } : {}),
  });
}
