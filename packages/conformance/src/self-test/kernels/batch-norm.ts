import { fma } from './fma.ts';
import { looseInverseSqrt, looseQuotient } from './functions.ts';
import { type LayerKernel, layerKernel } from './layer-kernel.ts';

const { fround, sqrt } = Math;

interface Channel {
  readonly scale: number;
  readonly bias: number;
  readonly mean: number;
  /** The variance and epsilon, added. */
  readonly spread: number;
}

/** What is computed once for a channel, and then for each of its values. */
type Normalize = (channel: Channel) => (x: number) => number;

const batchNorm = (normalize: Normalize): LayerKernel =>
  layerKernel('batchNorm', ({ node, input, batch, weights }) => {
    const [channels, height = 1, width = 1] = input.shape as [number, number?, number?];
    const plane = height * width;
    const [scales, biases, means, variances] = [node.scale, node.bias, node.mean, node.variance].map(
      (name) => weights.get(name)!.data,
    );
    const ofChannel = Array.from({ length: channels }, (_, c) =>
      normalize({
        scale: scales![c]!,
        bias: biases![c]!,
        mean: means![c]!,
        spread: fround(variances![c]! + fround(node.epsilon)),
      }),
    );
    return Float32Array.from({ length: batch * channels * plane }, (_, i) =>
      ofChannel[Math.floor(i / plane) % channels]!(input.data[i]!),
    );
  });

const factorOf = ({ scale, spread }: Channel) => fround(scale / fround(sqrt(spread)));

const centred =
  (factor: (channel: Channel) => number): Normalize =>
  (channel) => {
    const f = factor(channel);
    return (x) => fround(fround(fround(x - channel.mean) * f) + channel.bias);
  };

const folded =
  (factor: (channel: Channel) => number): Normalize =>
  (channel) => {
    const f = factor(channel);
    const shift = fround(channel.bias - fround(channel.mean * f));
    return (x) => fround(fround(x * f) + shift);
  };

export const batchNormKernels: Readonly<Record<string, LayerKernel>> = {
  'batch norm, mean subtracted first': batchNorm(centred(factorOf)),
  'batch norm, divided by the root, then scaled': batchNorm(({ scale, bias, mean, spread }) => {
    const root = fround(sqrt(spread));
    return (x) => fround(fround(fround(fround(x - mean) / root) * scale) + bias);
  }),
  'batch norm, folded into one factor and one term': batchNorm(folded(factorOf)),
  'batch norm, folded in float64': batchNorm(({ scale, bias, mean, spread }) => {
    const factor = scale / sqrt(spread);
    const [f, shift] = [fround(factor), fround(bias - mean * factor)];
    return (x) => fround(fround(x * f) + shift);
  }),
  'batch norm, folded, fused multiply-add': batchNorm((channel) => {
    const f = factorOf(channel);
    const shift = fma(-channel.mean, f, channel.bias);
    return (x) => fma(x, f, shift);
  }),
  'batch norm, the loosest inverse root that WGSL allows': batchNorm(
    centred(({ scale, spread }) => fround(scale * looseInverseSqrt(spread, 1))),
  ),
  'batch norm, folded, the loosest inverse root that WGSL allows': batchNorm(
    folded(({ scale, spread }) => fround(scale * looseInverseSqrt(spread, -1))),
  ),
  'batch norm, folded, the loosest root and division that WGSL allows': batchNorm(
    folded(({ scale, spread }) => looseQuotient(scale, looseQuotient(1, looseInverseSqrt(spread, -1), 1), -1)),
  ),
};
