import { isFloat, type Shape, sameShape, showShape, sizeOf } from '@alexnet/core';
import type { CheckpointFile, CheckpointTensor } from '../checkpoint-file.ts';
import { type Form, formOf } from './forms.ts';
import type { FileFacts, Placement } from './placement.ts';
import type { Role } from './roles.ts';

/** A parameter and the tensor of the file that it is. */
export interface Matched {
  readonly parameter: string;
  readonly shape: Shape;
  /** The file's name of it. */
  readonly tensor: string;
  /** The shape in the file. */
  readonly from: Shape;
  /** What is done to its elements, for people: `HWIO to OIHW, F16 to F32`. Undefined: nothing. */
  readonly conversion?: string;
}

/** How a parameter is to be read. */
export interface Reading {
  readonly matched: Matched;
  readonly tensor: CheckpointTensor;
  readonly form: Form;
}

/** How well a file fits a network. */
export interface Fit {
  readonly convention: string;
  readonly readings: readonly Reading[];
  /** Parameters that were not found. */
  readonly missing: readonly string[];
  /** Tensors that were found and do not fit, with both shapes. */
  readonly misfits: readonly string[];
  /** Tensors that no parameter is. */
  readonly unused: readonly string[];
}

/** Checks what was found against the shapes that the network needs. */
export function fitOf(roles: readonly Role[], file: FileFacts, { convention, found }: Placement): Fit {
  const used = new Set<string>();
  const missing: string[] = [];
  const misfits: string[] = [];
  const readings: Reading[] = [];
  for (const role of roles) {
    const placed = found.get(role.parameter);
    if (placed === undefined) {
      missing.push(role.parameter);
      continue;
    }
    const { name, layout } = placed;
    const form = formOf(role, layout);
    const tensor = file.tensors.get(name)!;
    used.add(name);
    const alias = name === role.parameter ? name : `${role.parameter} (${name.slice(0, 100)})`;
    if (!isFloat(tensor)) misfits.push(`${alias} has type ${tensor.dtype}`);
    else if (fits(tensor.shape, form.shape))
      readings.push({ matched: matchedOf(role, name, tensor, form), tensor, form });
    else misfits.push(`${alias} has shape ${showShape(tensor.shape).slice(0, 60)}, not ${showShape(form.shape)}`);
  }
  const unused = [...file.tensors.keys()].filter((name) => !used.has(name));
  return { convention, readings, missing, misfits, unused };
}

/** A vector may have axes of one element around it, as in Caffe's old blobs. */
function fits(shape: Shape, wanted: Shape): boolean {
  return (
    sameShape(shape, wanted) || (wanted.length === 1 && sizeOf(shape) === wanted[0] && Math.max(...shape) === wanted[0])
  );
}

function matchedOf(
  { parameter, shape }: Role,
  tensor: string,
  { dtype, shape: from }: CheckpointTensor,
  { conversion }: Form,
): Matched {
  const steps = [...(conversion === undefined ? [] : [conversion]), ...(dtype === 'F32' ? [] : [`${dtype} to F32`])];
  return {
    parameter,
    shape,
    tensor,
    from,
    ...(steps.length === 0 ? {} : { conversion: steps.join(', ') }),
  };
}

export function fitsAll({ missing, misfits }: Fit): boolean {
  return missing.length + misfits.length === 0;
}

/** Names of the tensors that are numbers and belong to nothing: weights of something else. */
export function unusedWeights({ unused }: Fit, { tensors }: Pick<CheckpointFile, 'tensors'>): readonly string[] {
  return unused.filter((name) => {
    const tensor = tensors.get(name)!;
    return isFloat(tensor) && sizeOf(tensor.shape) > 1;
  });
}
