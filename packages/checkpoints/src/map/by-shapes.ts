import { isFloat, type Shape, sameShape } from '@alexnet/core';
import { formOf } from './forms.ts';
import type { FileFacts, Placed, Placement } from './placement.ts';
import { vectorBeside } from './placement.ts';
import type { Role } from './roles.ts';

/**
 * For a file whose names and order say nothing: a weight is the tensor that alone has its shape; where several have, they are taken in the
 * file's order. A bias is the vector of its length that is named like its weight, or the next one. Undefined where there are not as many
 * tensors of a shape as the network has, and for networks with batch norm, whose four vectors nothing would tell apart.
 */
export function byShapes(roles: readonly Role[], file: FileFacts): Placement | undefined {
  if (roles.some(({ op }) => op === 'batchNorm')) return undefined;
  const free = new Set([...file.tensors].filter(([, tensor]) => isFloat(tensor)).map(([name]) => name));
  const found = new Map<string, Placed>();
  const place = ({ parameter }: Role, name: string) => {
    free.delete(name);
    found.set(parameter, { name, layout: file.layout });
  };
  const next = (shape: Shape) => [...free].find((name) => sameShape(file.tensors.get(name)!.shape, shape));
  const weights = roles.filter(({ part }) => part === 'weight');
  for (const role of weights) {
    const name = next(formOf(role, file.layout).shape);
    if (name === undefined) return undefined;
    place(role, name);
  }
  const biases = roles.filter(({ part }) => part === 'bias');
  for (const role of biases) {
    const weight = weights.find(({ layer }) => layer === role.layer);
    const beside = weight && vectorBeside(found.get(weight.parameter)!.name, role.shape[0]!, file);
    if (beside !== undefined && free.has(beside)) place(role, beside);
  }
  for (const role of biases.filter(({ parameter }) => !found.has(parameter))) {
    const name = next(role.shape);
    if (name === undefined) return undefined;
    place(role, name);
  }
  const taken = new Set(roles.map((role) => formOf(role, file.layout).shape.join()));
  const ambiguous = [...free].some((name) => taken.has(file.tensors.get(name)!.shape.join()));
  return ambiguous ? undefined : { convention: 'shapes', found };
}
