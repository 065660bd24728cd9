import type { Shape } from '../tensor.ts';

/** What every node has: the name of the value it produces, and the names of the values it reads. */
export interface NodeBase {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
}

/** Padding of the two spatial dimensions, in elements. */
export interface Pads {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** `[height, width]` */
export type Pair = readonly [number, number];

/** Values of any float width: the oracle computes in float64 and reads float32 parameters as they are. */
export type Floats = Float64Array | Float32Array;

/** A value inside the oracle: `batch` times the per-sample `shape`. */
export interface Operand {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** Everything a float64 forward needs: operands without their batch dimension in `shape`, parameters by name. */
export interface ForwardArgs {
  readonly batch: number;
  readonly inputs: readonly Operand[];
  readonly output: Shape;
  parameter(name: string): { readonly shape: Shape; readonly data: Floats };
}

/** Reports that a node is wrong; never returns. */
export type Fail = (message: string) => never;

/**
 * All that is known of one op. Adding an op is writing one of these and naming it in `ops/index.ts`.
 * Shapes are per sample (no batch dimension).
 */
export interface OpDefinition<N extends NodeBase> {
  readonly op: N['op'];
  /** Names of the parameters that the node reads. */
  parameters(node: N): readonly string[];
  /** Output shape. Calls `fail` when attributes, inputs and parameters do not fit together. */
  infer(node: N, inputs: readonly Shape[], parameters: ReadonlyMap<string, Shape>, fail: Fail): Shape;
  /** Multiply-accumulates per sample; 0 for ops that are not counted by convention (all but convolution and linear). */
  macs(node: N, output: Shape, parameters: ReadonlyMap<string, Shape>): number;
  /** The float64 reference: one loop nest, formula in a comment. Returns `batch * sizeOf(output)` values. */
  forward(node: N, args: ForwardArgs): Float64Array;
  /** Of ops that add up products: what an error budget needs. */
  readonly accumulation?: {
    /** How many products are added for one output element, K. */
    terms(node: N, args: ForwardArgs): number;
    /** Per output element, the sum of the absolute values of all that is added: sum |a*b|. */
    magnitude(node: N, args: ForwardArgs): Float64Array;
  };
}

/** The one input of a unary op, checked. */
export function only<T>(inputs: readonly T[]): T {
  const [first] = inputs;
  if (first === undefined || inputs.length !== 1) throw new RangeError(`expected one input, got ${inputs.length}`);
  return first;
}

/** `[C, H, W]` of an image-shaped input, or `fail`. */
export function imageShape(inputs: readonly Shape[], fail: Fail): readonly [number, number, number] {
  const shape = inputs[0];
  if (inputs.length !== 1 || shape?.length !== 3)
    return fail(`Needs one input of shape CxHxW, got ${inputs.map((s) => s.join('x')).join(', ') || 'none'}`);
  return shape as unknown as readonly [number, number, number];
}

export function checkPads(pads: Pads, fail: Fail): void {
  for (const [side, extent] of Object.entries(pads)) {
    if (!Number.isInteger(extent) || extent < 0)
      fail(`The ${side} padding ${extent} is not a whole number of 0 or more`);
  }
}

export function checkPositive(name: string, values: readonly number[], fail: Fail): void {
  if (!values.every((v) => Number.isInteger(v) && v > 0)) fail(`${name} [${values}] must hold whole numbers above 0`);
}

/** Rows and columns: two whole numbers above 0, no more and no fewer. */
export function checkPair(name: string, pair: readonly number[], fail: Fail): void {
  checkPositive(name, pair, fail);
  if (pair.length !== 2) fail(`${name} [${pair}] must hold two numbers, for rows and columns`);
}

/** Element-wise absolute value, same element type: the operand of every `sum |a*b|`. */
export function absolute<T extends Floats>(data: T): T {
  const out = data.slice() as T;
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(out[i]!);
  return out;
}
