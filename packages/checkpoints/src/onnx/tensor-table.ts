import type { CheckpointTensor, OpenContext } from '../checkpoint-file.ts';
import { damaged } from '../damaged.ts';
import type { WireFile } from '../wire.ts';
import { dequantized } from './dequantize.ts';
import { externalFiles } from './external-files.ts';
import { matMulNBitsWeight } from './matmul-nbits.ts';
import type { OnnxModel } from './read-model.ts';
import { openTensor } from './tensor-fields.ts';
import type { Unpack } from './unpack.ts';

/** The tensors of a model, and which of them a value is. */
export interface TensorTable {
  /** In the file's order, then those that nodes unpack. */
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  /** Names of what holds no numbers that can be read. */
  readonly others: readonly string[];
  /** The name of the tensor that a value is, also when nodes hand it on; undefined when it is computed from the input. */
  tensorOf(value: string | undefined): string | undefined;
}

/** Chains of nodes that hand a tensor on are a node or two long; a file may also make a ring of them. */
const MAX_ALIASES = 16;

/** Nodes that make a weight of quantised parts. */
const unpackers: ReadonlyMap<string, Unpack> = new Map([
  ['DequantizeLinear', dequantized],
  ['MatMulNBits', matMulNBitsWeight],
]);

/**
 * Opens the tensors of a model, and those that DequantizeLinear and MatMulNBits nodes unpack, which take the place of their parts.
 * Errors: `invalid-file`, `invalid-input` when a file of external data is missing, `aborted`.
 */
export async function tensorTable(model: OnnxModel, file: WireFile, context: OpenContext): Promise<TensorTable> {
  const locate = externalFiles(context);
  const tensors = new Map<string, CheckpointTensor>();
  const others = [...model.sparse];
  for (const [name, stored] of model.tensors) {
    const tensor = await openTensor(stored, file, locate);
    if (tensor === undefined) others.push(name);
    else tensors.set(name, tensor);
  }

  const aliases = new Map<string, string>();
  const tensorOf = (value: string | undefined): string | undefined => {
    let name = value;
    for (let steps = 0; steps < MAX_ALIASES && name !== undefined && !tensors.has(name); steps++) {
      name = aliases.get(name);
    }
    return name !== undefined && tensors.has(name) ? name : undefined;
  };

  const parts = new Set<string>();
  for (const node of model.nodes) {
    const [input, output] = [node.inputs[0], node.outputs[0]];
    if (node.op === 'Identity' && input !== undefined && output !== undefined) aliases.set(output, input);
    const unpack = unpackers.get(node.op);
    if (unpack === undefined) continue;
    const names = node.inputs.map(tensorOf);
    const unpacked = unpack(
      node,
      names.map((name) => (name === undefined ? undefined : tensors.get(name))),
    );
    if (unpacked === undefined) continue;
    if (tensors.has(unpacked.name) && !node.inputs.includes(unpacked.name)) {
      throw damaged('A value comes from two places', `value ${JSON.stringify(unpacked.name.slice(0, 100))}`);
    }
    tensors.set(unpacked.name, unpacked.tensor);
    for (const index of unpacked.parts) parts.add(names[index]!);
  }
  for (const name of parts) tensors.delete(name);
  return { tensors, others, tensorOf };
}
