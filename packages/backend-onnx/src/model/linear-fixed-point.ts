import type { Linear } from './linear.ts';
import type { Lowered, ParameterView } from './lowered.ts';
import { bytesOf, type Initializer, int64Bytes, MICROSOFT, type OnnxNode } from './onnx.ts';

/*
 * A linear layer with q8 weights, as exact as one in float32, at the speed of 8 bits.
 *
 * The engine multiplies 8-bit weights quickly only with 8-bit inputs. So each input row is written as a sum of four rows of 8 bits:
 *
 *     x = unit * (s0 2^-6 + s1 2^-13 + s2 2^-20 + s3 2^-27 + rest)    unit = 2^ceil(log2 max|x|)    |s| <= 64    |rest| <= 2^-28
 *
 * and one product of whole numbers multiplies the four with the weights, which are read once:
 *
 *     y[o] = bias[o] + unit * (sum over k of 2^-(6+7k) * scale[o] * (sum over i of q[o,i] * sk[i]))
 *
 * The inner sum has no rounding at all. What is cut off of x is less than float32 itself rounds off the largest inputs, and what small inputs
 * lose is small beside the sum: the error budget of float32 is met with room (docs/performance/onnx.md).
 *
 * Seven bits in each, not eight: engines without 8-bit dot products add two products in 16 bits, and 2 * 128 * 127 fits there.
 */

const SLICES = 4;
/** 2^-6, 2^-13, ...: what one step of each slice is worth, in units. */
const steps = Array.from({ length: SLICES }, (_, k) => 2 ** -(6 + 7 * k));
/** Slices are stored without sign: s + 64, from 0 to 128. */
const ZERO_POINT = 64;

/** An input of nothing but zeros, or close to that, has this for its largest value: its logarithm is finite. */
const SMALLEST_PEAK = 2 ** -100;

/** Whether 32 bits hold the sum of so many products. */
export function fitsFixedPoint(features: number): boolean {
  return features * 127 * ZERO_POINT < 2 ** 31;
}

/** x is [n, features]; the four slices are one matrix [4n, features]. */
export function fixedPoint({ name, inputs, weight, bias }: Linear, outputs: number): Lowered {
  const at = (part: string) => `${name}.${part}`;
  const step = (op: string, part: string, operands: readonly string[], attributes = {}): OnnxNode => {
    return { op, name: at(part), inputs: operands, output: at(part), attributes };
  };
  const [x] = inputs;
  const slices = steps.flatMap((_, k) => {
    const quantised = [at(`step.${k}`), at('zero')];
    const cut = step('QuantizeLinear', `slice.${k}`, [at(`rest.${k}`), ...quantised]);
    if (k === SLICES - 1) return [cut];
    const kept = step('DequantizeLinear', `kept.${k}`, [at(`slice.${k}`), ...quantised]);
    return [cut, kept, step('Sub', `rest.${k + 1}`, [at(`rest.${k}`), kept.output])];
  });
  const scales: ParameterView = {
    name: `${weight}.scales.of.${name}`,
    parameter: weight,
    part: 'scales',
    from: 0,
    shape: [outputs],
  };
  const last = bias === undefined ? { ...step('Mul', 'y', [at('sum'), at('unit')]), name, output: name } : undefined;
  return {
    nodes: [
      step('Abs', 'magnitude', [x]),
      step('ReduceMax', 'peak', [at('magnitude'), at('features')]),
      step('Max', 'least', [at('peak'), at('smallest')]),
      step('Log', 'log', [at('least')]),
      step('Mul', 'log2', [at('log'), at('per-ln2')]),
      step('Ceil', 'exponent', [at('log2')]),
      step('Pow', 'unit', [at('two'), at('exponent')]),
      step('Div', 'rest.0', [x, at('unit')]),
      ...slices,
      step(
        'Concat',
        'slices',
        steps.map((_, k) => at(`slice.${k}`)),
        { axis: 0 },
      ),
      {
        ...step('QGemm', 'products', [at('slices'), at('one'), at('zero'), weight, scales.name, at('zeros')], {
          transB: 1,
        }),
        domain: MICROSOFT,
      },
      step('Reshape', 'apart', [at('products'), at('parts')]),
      step('Mul', 'weighted', [at('apart'), at('steps')]),
      step('ReduceSum', 'sum', [at('weighted'), at('slice')], { keepdims: 0 }),
      ...(last === undefined
        ? [
            step('Mul', 'product', [at('sum'), at('unit')]),
            { op: 'Add', name, inputs: [at('product'), bias!], output: name },
          ]
        : [last]),
    ],
    constants: [
      int64(at('features'), [1]),
      int64(at('slice'), [0]),
      int64(at('parts'), [SLICES, -1, outputs]),
      float32(at('smallest'), [], [SMALLEST_PEAK]),
      float32(at('per-ln2'), [], [Math.LOG2E]),
      float32(at('two'), [], [2]),
      float32(at('one'), [], [1]),
      float32(at('steps'), [SLICES, 1, 1], steps),
      ...steps.map((size, k) => float32(at(`step.${k}`), [], [size])),
      { name: at('zero'), shape: [], type: 'uint8', data: Uint8Array.of(ZERO_POINT) },
      { name: at('zeros'), shape: [outputs], type: 'int8', data: new Uint8Array(outputs) },
    ],
    views: [scales],
  };
}

function float32(name: string, shape: readonly number[], values: readonly number[]): Initializer {
  return { name, shape, type: 'float32', data: bytesOf(Float32Array.from(values)) };
}

function int64(name: string, values: readonly number[]): Initializer {
  return { name, shape: [values.length], type: 'int64', data: int64Bytes(values) };
}
