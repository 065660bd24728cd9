import type { Shape } from '@alexnet/core';
import { refuse } from '../refusal.ts';
import type { Form, Scope } from '../scope.ts';
import type { Operator } from './operator.ts';

/** inputs A, B, C: alpha A B + beta C, with B [in, out] unless transB. alpha and beta go into the weights. */
export const gemm: Operator = ({ node, scope, name }) => {
  const [a, b = '', c = ''] = node.inputs;
  const flag = (key: string) => (node.attributes.get(key) ?? 0) !== 0;
  if (flag('transA')) refuse('Gemm that transposes its input: the batch comes last');
  const input = scope.flow(a);
  if (input.shape.length !== 1) refuse('Gemm of a value that is not flat');
  const weight = weightOf(scope, b, !flag('transB'), node.attributes.get('alpha') ?? 1);
  const bias = c === '' ? {} : { bias: biasOf(scope, c, weight.shape[0]!, node.attributes.get('beta') ?? 1) };
  return { op: 'linear', name, inputs: [input.name], weight: weight.name, ...bias };
};

/** inputs A, B [in, out] */
export const matMul: Operator = ({ node, scope, name }) => {
  const [a, b = ''] = node.inputs;
  const input = scope.flow(a);
  if (input.shape.length !== 1) refuse('MatMul of a value that is not flat');
  return { op: 'linear', name, inputs: [input.name], weight: weightOf(scope, b, true, 1).name };
};

/** A weight as `[out, in]`, times a factor. */
function weightOf(scope: Scope, value: string, inOut: boolean, factor: number) {
  const { shape } = scope.constant(value);
  if (shape.length !== 2) refuse('a matrix of weights that has not 2 dimensions');
  if (!inOut && factor === 1) return scope.parameter(value);
  const form: Form = {
    key: `${inOut ? 'transposed' : ''} ${factor}`,
    shape: inOut ? [shape[1]!, shape[0]!] : shape,
    change: (values, from) => scaled(inOut ? transposed(values, from) : values, factor),
  };
  return scope.parameter(value, form);
}

/** A bias that is the same for every sample, one value for each output or one for all. */
function biasOf(scope: Scope, value: string, outputs: number, factor: number): string {
  const { shape } = scope.constant(value);
  const last = shape.at(-1) ?? 1;
  if (!shape.slice(0, -1).every((extent) => extent === 1)) refuse('Gemm with a bias that differs between samples');
  if (last !== 1 && last !== outputs) refuse('Gemm with a bias that does not fit its outputs');
  if (shape.length === 1 && last === outputs && factor === 1) return scope.parameter(value).name;
  return scope.parameter(value, {
    key: `bias ${outputs} ${factor}`,
    shape: [outputs],
    change: (values) => scaled(last === outputs ? values : new Float32Array(outputs).fill(values[0]!), factor),
  }).name;
}

function scaled(values: Float32Array, factor: number): Float32Array {
  return factor === 1 ? values : values.map((value) => value * factor);
}

/** `[rows, columns]` as `[columns, rows]`. */
function transposed(values: Float32Array, [rows, columns]: Shape): Float32Array {
  const result = new Float32Array(values.length);
  for (let r = 0; r < rows!; r++) {
    for (let c = 0; c < columns!; c++) result[c * rows! + r] = values[r * columns! + c]!;
  }
  return result;
}
