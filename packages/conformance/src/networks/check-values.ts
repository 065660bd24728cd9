import {
  createVariant,
  evaluate,
  type Float64Tensor,
  seededWeights,
  type Tensor,
  type VariantOptions,
} from '@alexnet/core';
import { sha256Hex } from '@alexnet/core/files';
import { uniform } from '../data/uniform.ts';
import recorded from './check-values.golden.json';
import { byProbability, scoresOf } from './ranking.ts';

/*
 * What PyTorch computes of our networks in float64, from end to end, for the oracle to be checked against. `tools/python/check_values.py`
 * makes the file, from graphs and inputs that `tools/check-values.mjs` writes, with weights from its own generator; it says how.
 */

/** Which network, on what. */
export interface CheckedNetwork {
  readonly variant: string;
  readonly dimensions: VariantOptions;
  readonly seed: number;
  /** The name of one of `photographs`; `generated`: of `generatedInput`. */
  readonly image: string;
}

export interface CheckValues extends CheckedNetwork {
  /** SHA-256 of the preprocessed image's float32 values. */
  readonly input: string;
  readonly top5: readonly number[];
  /** Of every layer that computes something: the sum, the sum of squares, and the values at `sampledAt`. */
  readonly layers: Readonly<Record<string, readonly number[]>>;
}

/** By PyTorch. Every variant as published on a photograph, and an eighth to a sixteenth as wide on generated values. */
export const checkValues: readonly CheckValues[] = recorded;

const SAMPLES = 5;
const GOLDEN = 0.6180339887498949;

/** Which of `size` values are sampled: in all rows, columns and channels alike, by the golden ratio. */
export function sampledAt(size: number): number[] {
  return Array.from({ length: SAMPLES }, (_, j) => Math.floor(size * (((j + 1) * GOLDEN) % 1)));
}

/** An input of float32 values like those of a photograph, the same in every engine. */
export function generatedInput({ variant, dimensions }: CheckedNetwork): Tensor {
  const shape = [1, ...createVariant(variant, dimensions).graph.inputs[0]!.shape];
  return { shape, data: uniform(shape, 'check values', -110, 145) };
}

/** One number of the oracle's beside PyTorch's. */
export interface CheckedValue {
  /** `conv1 sum`, `fc8 value 3`. */
  readonly what: string;
  readonly got: number;
  readonly want: number;
  /** The difference relative to the layer: of values, to their root mean square; of sums, to what they could at most be. */
  readonly relative: number;
}

export interface OracleVerdict {
  /** Whether the input is the one that PyTorch read. Where it is not, nothing else can agree. */
  readonly sameInput: boolean;
  readonly top5: { readonly got: readonly number[]; readonly want: readonly number[] };
  /** All numbers, the one that is off most first. */
  readonly values: readonly CheckedValue[];
}

/** Runs the oracle in float64 from end to end and compares it with PyTorch. Blocks for seconds on a full-size network. */
export async function checkOracle(expected: CheckValues, input: Tensor): Promise<OracleVerdict> {
  const { graph } = createVariant(expected.variant, expected.dimensions);
  const inputs = { [graph.inputs[0]!.name]: input };
  const outputs = graph.nodes.map(({ name }) => name);
  const computed = evaluate(graph, seededWeights(graph, expected.seed), inputs, { outputs });
  const values = Object.entries(expected.layers).flatMap(([layer, want]) =>
    compareLayer(layer, computed.get(layer)!, want),
  );
  const logits = graph.nodes.at(-1)!.inputs[0];
  const probabilities = computed.get(graph.outputs[0]!)!;
  return {
    sameInput: (await sha256Hex(bytesOf(input))) === expected.input,
    top5: {
      got: byProbability(probabilities, scoresOf(computed.get(logits)!)).slice(0, expected.top5.length),
      want: expected.top5,
    },
    values: values.toSorted((a, b) => b.relative - a.relative),
  };
}

function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function compareLayer(
  layer: string,
  { data }: Float64Tensor,
  [sum, squares, ...samples]: readonly number[],
): CheckedValue[] {
  const own = { sum: 0, squares: 0 };
  for (const x of data) {
    own.sum += x;
    own.squares += x * x;
  }
  const n = data.length;
  const row = (what: string, got: number, want: number, scale: number): CheckedValue => ({
    what: `${layer} ${what}`,
    got,
    want,
    relative: got === want ? 0 : Math.abs(got - want) / scale,
  });
  return [
    row('sum', own.sum, sum!, Math.sqrt(n * squares!)), // the largest sum of n values with these squares
    row('sum of squares', own.squares, squares!, squares!),
    ...sampledAt(n).map((at, j) => row(`value ${at}`, data[at]!, samples[j]!, Math.sqrt(squares! / n))),
  ];
}
