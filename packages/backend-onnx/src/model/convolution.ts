import type { NodeOf, Shape } from '@alexnet/core';
import { type Lowered, one, optional, type ParameterView, padList } from './lowered.ts';
import { int64Bytes, type OnnxNode } from './onnx.ts';

/**
 * How convolutions are written.
 * - `operator`: one Conv.
 * - `slices`: as few as ONNX Runtime's WebGPU kernels, which are wrong for some shapes, are right for. Published networks have none of
 *   those shapes, and narrow ones do.
 */
export type ConvolutionForm = 'operator' | 'slices';

type Convolution = NodeOf<'conv2d'>;

/** A Conv of some output channels, which may read some input channels only. */
interface Slice {
  readonly outputs: readonly [from: number, to: number];
  readonly inputs?: readonly [from: number, to: number];
}

/** `kernel` is the shape of the weight, OIHW; `channels` those of the input. */
export function lowerConvolution(node: Convolution, form: ConvolutionForm, kernel: Shape, channels: number): Lowered {
  const slices = form === 'slices' ? slicesOf(kernel as Kernel, node.groups, channels) : [];
  return slices.length > 1 ? sliced(node, slices, kernel as Kernel) : whole(node);
}

function whole({ name, inputs, weight, bias, stride, pads, groups }: Convolution): Lowered {
  return one('Conv', name, [...inputs, weight, ...optional(bias)], {
    strides: stride,
    pads: padList(pads),
    ...(groups === 1 ? {} : { group: groups }),
  });
}

type Kernel = readonly [outputs: number, inputs: number, height: number, width: number];

/**
 * Of ONNX Runtime 1.30 on WebGPU, found by the conformance suite:
 * - a grouped convolution takes output channels by the largest of 4, 2 or 1 that divides their number, and a vector across the border of
 *   two groups reads the input of the first alone;
 * - a dense one with a number of input channels that 3 divides and 4 does not, more than 3, is wrong where 4 divides that of the outputs.
 */
function slicesOf([outputs, inputs, height, width]: Kernel, groups: number, channels: number): Slice[] {
  const rows = outputs / groups;
  const vector = outputs % 4 === 0 ? 4 : outputs % 2 === 0 ? 2 : 1;
  if (groups > 1 && rows % vector === 0) return [];
  const inThrees = inputs > 3 && inputs % 3 === 0 && inputs % 4 !== 0 && rows % 4 === 0 && height * width > 1;
  return Array.from({ length: groups }, (_, group): Slice[] => {
    const [first, end] = [group * rows, (group + 1) * rows];
    const read = inputs === channels ? {} : { inputs: [group * inputs, (group + 1) * inputs] as const };
    return inThrees
      ? [
          { outputs: [first, end - 1], ...read },
          { outputs: [end - 1, end], ...read },
        ]
      : [{ outputs: [first, end], ...read }];
  }).flat();
}

function sliced(node: Convolution, slices: readonly Slice[], [, inputs, height, width]: Kernel): Lowered {
  const { name, weight, bias, stride, pads } = node;
  const views: ParameterView[] = [];
  const view = (parameter: string, from: number, shape: Shape): string => {
    const viewName = `${parameter}.${from}.of.${name}`;
    views.push({ name: viewName, parameter, part: 'values', from, shape });
    return viewName;
  };
  const size = inputs * height * width;
  const constants: Lowered['constants'][number][] = [
    { name: `${name}.axis`, shape: [1], type: 'int64', data: int64Bytes([1]) },
  ];
  const nodes = slices.flatMap(({ outputs: [from, to], inputs: read }): OnnxNode[] => {
    const part = `${name}.outputs.${from}`;
    const image = read === undefined ? node.inputs[0] : `${part}.image`;
    const operands = [image, view(weight, from * size, [to - from, inputs, height, width])];
    if (bias !== undefined) operands.push(view(bias, from, [to - from]));
    const conv: OnnxNode = {
      op: 'Conv',
      name: part,
      inputs: operands,
      output: part,
      attributes: { strides: stride, pads: padList(pads) },
    };
    if (read === undefined) return [conv];
    const ends = read.map((channel, i) => {
      const end = `${image}.${i === 0 ? 'from' : 'to'}`;
      constants.push({ name: end, shape: [1], type: 'int64', data: int64Bytes([channel]) });
      return end;
    });
    return [{ op: 'Slice', name: image, inputs: [node.inputs[0], ...ends, `${name}.axis`], output: image }, conv];
  });
  const parts = slices.map(({ outputs: [from] }) => `${name}.outputs.${from}`);
  return {
    nodes: [...nodes, { op: 'Concat', name, inputs: parts, output: name, attributes: { axis: 1 } }],
    constants: slices.some(({ inputs: read }) => read !== undefined) ? constants : [],
    views,
  };
}
