import { type Node, opOf, type Precision, type Shape, type Tensor, type Weights } from '@alexnet/core';
import { sha256Hex } from '@alexnet/core/files';

/**
 * The version of all that a kept layer depends on beside its inputs: the arithmetic of the oracle, what stored weights mean, the error
 * budgets, the noise, the form of an entry. Raise it when one of them changes; a test knows when.
 */
export const ORACLE_VERSION = 1;

/** Hashes tensors by shape and content, each once as long as it is alive. */
export type TensorHashes = (tensor: Tensor) => Promise<string>;

export function createTensorHashes(): TensorHashes {
  const known = new WeakMap<Tensor, Promise<string>>();
  return (tensor) => {
    const hash = known.get(tensor) ?? hashOf(tensor);
    known.set(tensor, hash);
    return hash;
  };
}

/**
 * Weights are known by their content: a hash of 61 million values takes less time than making them from a seed, and cannot be out of date,
 * as the name of a seed's generator can.
 */
async function hashOf({ shape, data }: Tensor): Promise<string> {
  return `${shape.join('x')} ${await sha256Hex(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))}`;
}

/** What a layer is computed from. */
export interface LayerSource {
  readonly node: Node;
  /** What the node reads: float32 values, batch first. */
  readonly operand: { readonly shape: Shape; readonly data: Float64Array };
  /** The weights as given. */
  readonly weights: Weights;
  /** How the node's weight is stored. */
  readonly precision: Precision;
}

/** The key of a layer: the same on every machine, for equal inputs only. */
export async function oracleKey(
  { node, operand, weights, precision }: LayerSource,
  hashes: TensorHashes,
): Promise<string> {
  const parameters = opOf(node)
    .parameters(node)
    .map((name) => hashes(weights.get(name)!));
  const description = {
    version: ORACLE_VERSION,
    node,
    precision,
    operand: await hashOf({ shape: operand.shape, data: Float32Array.from(operand.data) }),
    parameters: await Promise.all(parameters),
  };
  return `sha256-${await sha256Hex(new TextEncoder().encode(canonical(description)))}`;
}

/** JSON whose properties are in the order of their names, whoever made the object. */
function canonical(description: unknown): string {
  return JSON.stringify(description, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
