import type { Graph } from '@alexnet/core';
import type { OnnxNode } from '../onnx/read-onnx.ts';

/** How somebody names the parameters of AlexNet. */
export interface Convention {
  readonly id: string;
  /** Their name for our parameter, or undefined where they have none. */
  readonly foreignName: (parameter: string) => string | undefined;
}

/** Our own names, `conv1.weight`, are the names that Caffe gave the layers. */
const own: Convention = { id: 'alexnet', foreignName: (parameter) => parameter };

/** torchvision.models.alexnet numbers the modules of its two `Sequential`s. Its ONNX exports keep the names. */
const torchvisionModules: Readonly<Record<string, string>> = {
  conv1: 'features.0',
  conv2: 'features.3',
  conv3: 'features.6',
  conv4: 'features.8',
  conv5: 'features.10',
  fc6: 'classifier.1',
  fc7: 'classifier.4',
  fc8: 'classifier.6',
};
const torchvision: Convention = {
  id: 'torchvision',
  foreignName(parameter) {
    const { layer, part } = split(parameter);
    const module = torchvisionModules[layer];
    return module === undefined ? undefined : `${module}.${part}`;
  },
};

/** bvlcalexnet of the ONNX model zoo has the blob names that Caffe2's converter made. */
const onnxZoo: Convention = {
  id: 'onnx-zoo',
  foreignName(parameter) {
    const { layer, part } = split(parameter);
    return part === 'weight' || part === 'bias' ? `${layer}_${part[0] === 'w' ? 'w' : 'b'}_0` : undefined;
  },
};

/** The conventions that names alone can tell apart. */
export const conventions: readonly Convention[] = [own, torchvision, onnxZoo];

/**
 * For an ONNX file whose names say nothing (optimisers rename initializers): its n-th Conv or Gemm is the graph's n-th convolution or
 * linear layer. Undefined when they are not the same kinds in the same order.
 */
export function byPosition(graph: Graph, nodes: readonly OnnxNode[]): Convention | undefined {
  const ours = graph.nodes.flatMap((node) => (node.op === 'conv2d' || node.op === 'linear' ? [node] : []));
  const theirs = nodes.filter(({ op }) => op === 'Conv' || op === 'Gemm');
  const alike =
    ours.length === theirs.length && ours.every(({ op }, i) => (op === 'conv2d') === (theirs[i]?.op === 'Conv'));
  if (!alike) return undefined;
  const names = new Map<string, string | undefined>();
  for (const [i, { weight, bias }] of ours.entries()) {
    names.set(weight, theirs[i]?.inputs[1]);
    if (bias !== undefined) names.set(bias, theirs[i]?.inputs[2]);
  }
  return { id: 'position', foreignName: (parameter) => names.get(parameter) };
}

/** `conv1.weight` is the part `weight` of the layer `conv1`. */
function split(parameter: string): { layer: string; part: string } {
  const dot = parameter.lastIndexOf('.');
  return { layer: parameter.slice(0, dot), part: parameter.slice(dot + 1) };
}
