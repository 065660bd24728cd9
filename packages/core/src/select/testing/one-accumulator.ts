import type { NodeOf } from '../../graph/graph.ts';
import { inferShapes } from '../../graph/infer.ts';
import { evaluateNode } from '../../oracle/evaluate.ts';
import { sizeOf, type TensorMap } from '../../tensor.ts';
import type { Workload } from '../workload.ts';

/**
 * A network in float32 as naive kernels compute it: one accumulator for each sum, from the first term to the last or the other way. It is
 * correct, and the least exact way in use.
 */
export function oneAccumulator(
  { graph, weights, input }: Workload,
  names: readonly string[],
  { backwards }: { readonly backwards: boolean },
): TensorMap {
  const shapes = inferShapes(graph);
  const given: Float64Array = Float64Array.from(input.data);
  const values = new Map([[graph.inputs[0]!.name, given]]);
  for (const node of graph.nodes) {
    const operands = node.inputs.map((name) => values.get(name)!);
    const x = operands[0]!;
    const data = (name: string | undefined) => (name === undefined ? undefined : weights.get(name)!.data);
    const out = shapes.values.get(node.name)!;
    let y: Float64Array;
    if (node.op === 'conv2d') {
      const sizes = { input: shapes.values.get(node.inputs[0])!, output: out, weight: weights.get(node.weight)!.shape };
      y = convolution(node, sizes, { x, w: data(node.weight)!, bias: data(node.bias) }, backwards);
    } else if (node.op === 'linear') {
      const [w, bias] = [data(node.weight)!, data(node.bias)];
      y = Float64Array.from({ length: sizeOf(out) }, (_, o) =>
        sum(x.length, (k) => [x[k]!, w[o * x.length + k]!], bias?.[o] ?? 0, backwards),
      );
    } else {
      y = evaluateNode(shapes, node, weights, operands, 1).value.data.map(Math.fround);
    }
    values.set(node.name, y);
  }
  return Object.fromEntries(
    names.map((name) => [
      name,
      { shape: [1, ...shapes.values.get(name)!], data: Float32Array.from(values.get(name)!) },
    ]),
  );
}

function sum(terms: number, at: (k: number) => readonly [number, number], bias: number, backwards: boolean): number {
  let total = 0;
  for (let i = 0; i < terms; i++) {
    const [a, b] = at(backwards ? terms - 1 - i : i);
    total = Math.fround(total + Math.fround(a * b));
  }
  return Math.fround(total + bias);
}

interface Sizes {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly weight: readonly number[];
}

interface Operands {
  readonly x: Float64Array;
  readonly w: Float32Array;
  readonly bias: Float32Array | undefined;
}

function convolution(
  { stride, pads, groups }: NodeOf<'conv2d'>,
  { input, output, weight }: Sizes,
  { x, w, bias }: Operands,
  backwards: boolean,
): Float64Array {
  const [, height, width] = input as [number, number, number];
  const [outs, rows, cols] = output as [number, number, number];
  const [, depth, kh, kw] = weight as [number, number, number, number];
  const y = new Float64Array(outs * rows * cols);
  for (let o = 0; o < outs; o++) {
    const first = Math.floor((o * groups) / outs) * depth;
    for (let p = 0; p < rows * cols; p++) {
      const [top, left] = [Math.floor(p / cols) * stride[0] - pads.top, (p % cols) * stride[1] - pads.left];
      const term = (k: number): readonly [number, number] => {
        const c = Math.floor(k / (kh * kw));
        const [i, j] = [top + (Math.floor(k / kw) % kh), left + (k % kw)];
        const inside = i >= 0 && i < height && j >= 0 && j < width;
        return [inside ? x[((first + c) * height + i) * width + j]! : 0, w[o * depth * kh * kw + k]!];
      };
      y[o * rows * cols + p] = sum(depth * kh * kw, term, bias?.[o] ?? 0, backwards);
    }
  }
  return y;
}
