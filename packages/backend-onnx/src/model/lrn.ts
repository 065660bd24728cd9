import type { NodeOf } from '@alexnet/core';
import type { Lowered } from './lower.ts';
import { float32Bytes, type OnnxNode } from './onnx.ts';

/**
 * How local response normalisation is written.
 * - `operator`: ONNX's own LRN, for files that others read, and where it is fast.
 * - `convolution`: squares, a 1x1 convolution with a banded matrix, roots and a division: the same function,
 *   many times faster where the engine's LRN is a plain loop (docs/performance/onnx.md has the measurements).
 */
export type LrnForm = 'operator' | 'convolution';

export function lowerLrn(node: NodeOf<'lrn'>, form: LrnForm, channels: number): Lowered {
  // ONNX Runtime's operator takes odd sizes only.
  return form === 'operator' && node.size % 2 === 1 ? operator(node) : convolution(node, channels);
}

function operator({ name, inputs, size, alpha, beta, bias }: NodeOf<'lrn'>): Lowered {
  const attributes = { size, alpha: { float: alpha }, beta: { float: beta }, bias: { float: bias } };
  return { nodes: [{ op: 'LRN', name, inputs, output: name, attributes }], constants: [] };
}

/** y = x / t^beta, t = bias + alpha/size * (band matrix times x^2) */
function convolution(node: NodeOf<'lrn'>, channels: number): Lowered {
  const { name, inputs } = node;
  const x = inputs[0];
  const at = (part: string) => `${name}.${part}`;
  const step = (op: string, part: string, ...operands: string[]): OnnxNode => {
    return { op, name: at(part), inputs: operands, output: at(part) };
  };
  const k = new Float32Array(channels).fill(node.bias);
  const power = powerOf(node.beta, at, step);
  return {
    nodes: [
      step('Mul', 'squares', x, x),
      step('Conv', 't', at('squares'), at('band'), at('k')),
      ...power.nodes,
      { op: 'Div', name, inputs: [x, power.nodes.at(-1)?.output ?? at('t')], output: name },
    ],
    constants: [
      {
        name: at('band'),
        shape: [channels, channels, 1, 1],
        type: 'float32',
        data: float32Bytes(band(node, channels)),
      },
      { name: at('k'), shape: [channels], type: 'float32', data: float32Bytes(k) },
      ...power.constants,
    ],
  };
}

/** t^beta: by square roots, which are correctly rounded and vectorised, where beta is a multiple of a quarter up to 1. */
function powerOf(
  beta: number,
  at: (part: string) => string,
  step: (op: string, part: string, ...from: string[]) => OnnxNode,
): Lowered {
  const half = step('Sqrt', 'half', at('t'));
  const quarter = step('Sqrt', 'quarter', at('half'));
  switch (beta) {
    case 1:
      return { nodes: [], constants: [] };
    case 0.75:
      return { nodes: [half, quarter, step('Mul', 'power', at('half'), at('quarter'))], constants: [] };
    case 0.5:
      return { nodes: [half], constants: [] };
    case 0.25:
      return { nodes: [half, quarter], constants: [] };
    default:
      return {
        nodes: [step('Pow', 'power', at('t'), at('beta'))],
        constants: [{ name: at('beta'), shape: [], type: 'float32', data: float32Bytes(Float32Array.of(beta)) }],
      };
  }
}

/** Row c holds alpha/size where the column's channel lies in the window of channel c, else 0. */
function band({ size, alpha }: NodeOf<'lrn'>, channels: number): Float32Array {
  const data = new Float32Array(channels * channels);
  const before = Math.floor((size - 1) / 2);
  const after = Math.ceil((size - 1) / 2);
  for (let c = 0; c < channels; c++) {
    const last = Math.min(channels - 1, c + after);
    for (let j = Math.max(0, c - before); j <= last; j++) data[c * channels + j] = alpha / size;
  }
  return data;
}
