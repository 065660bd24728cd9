import { type CheckpointFormat, type CheckpointTensor, candidatesOf, openCheckpoint } from '@alexnet/checkpoints';
import { countNonFinite, isFloat, type Shape, sizeOf, toFloat32 } from '@alexnet/core';
import { fileSource } from '@alexnet/core/files';
import { siblingsOf } from './siblings.ts';

/** A tensor of a file, without its values. */
export interface TensorFacts {
  readonly name: string;
  readonly dtype: string;
  readonly shape: Shape;
  readonly nan: number;
  readonly infinite: number;
}

export interface FileFacts {
  readonly format: CheckpointFormat;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly TensorFacts[];
  /** What else is in it. */
  readonly others: readonly string[];
  /** The networks whose weights these may be. */
  readonly networks: readonly { readonly variant: string; readonly classes: number; readonly width: number }[];
}

/** What is in a checkpoint file. Errors: `invalid-file`, `invalid-input` for a file beside it that is missing, `aborted`. */
export async function describeFile(path: string, signal?: AbortSignal): Promise<FileFacts> {
  await using source = await fileSource(path);
  await using beside = siblingsOf(path);
  const file = await openCheckpoint(source, { signal, sibling: beside.sibling });
  const { format, metadata, tensors, others } = file;
  const facts: TensorFacts[] = [];
  for (const [name, tensor] of tensors) facts.push(await factsOf(name, tensor, signal));
  const networks = candidatesOf(file).map(({ variant, options: { classes, width } }) => {
    return { variant: variant.id, classes, width };
  });
  return { format, metadata, tensors: facts, others, networks };
}

/** Elements that are looked at at once. */
const BLOCK = 2 ** 20;

async function factsOf(name: string, tensor: CheckpointTensor, signal?: AbortSignal): Promise<TensorFacts> {
  const { dtype, shape } = tensor;
  const size = isFloat(tensor) ? sizeOf(shape) : 0;
  let [nan, infinite] = [0, 0];
  for (let from = 0; from < size; from += BLOCK) {
    const to = Math.min(size, from + BLOCK);
    const data = toFloat32({ dtype, shape: [to - from], data: await tensor.read(from, to, { signal }) });
    const [odd] = countNonFinite(new Map([[name, { shape: [to - from], data }]]));
    nan += odd?.nan ?? 0;
    infinite += odd?.infinite ?? 0;
  }
  return { name, dtype, shape, nan, infinite };
}
