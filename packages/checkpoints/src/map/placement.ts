import { isFloat } from '@alexnet/core';
import type { CheckpointFile, CheckpointLayer, Layout } from '../checkpoint-file.ts';
import { type Convention, conventions, type Naming, prefixesOf } from './conventions.ts';
import type { Role } from './roles.ts';

/** Where the parameters of a network are in a file; whether the shapes fit is another question. */
export interface Placement {
  /** How they were found: whose names the tensors have, or `position`, `order`, `shapes`. */
  readonly convention: string;
  readonly found: ReadonlyMap<string, Placed>;
}

/** The tensor that is a parameter, and how it lies there. */
export interface Placed {
  readonly name: string;
  readonly layout: Layout;
}

export type FileFacts = Pick<CheckpointFile, 'format' | 'tensors' | 'layout' | 'layers'>;

/**
 * Ways to find the parameters of a network in a file that do not need to know the network's sizes, the surest first: by names; by the
 * layers that the file lists, where they are the same kinds in the same order; by the tensors' ranks in the file's order.
 */
export function placements(roles: readonly Role[], file: FileFacts): readonly Placement[] {
  const named = byNames(roles, file);
  if (named.found.size === roles.length) return [named];
  const listed = file.layers === undefined ? undefined : byLayers(roles, file.layers, file, 'position');
  if (listed !== undefined) return [listed, named];
  const guessed = roles.some(({ op }) => op === 'batchNorm')
    ? undefined
    : byLayers(roles, guessLayers(file), file, 'order');
  return guessed === undefined ? [named] : [named, guessed];
}

/** The convention, and the wrapper's prefix, by which most are found. */
function byNames(roles: readonly Role[], file: FileFacts): Placement {
  let best: Placement | undefined;
  const prefixes = prefixesOf(file.tensors.keys());
  for (const { id, formats, namesOf } of conventions) {
    if (formats !== undefined && !formats.includes(file.format)) continue;
    for (const prefix of prefixes) {
      const found = new Map(roles.flatMap((role) => entry(role, prefixed(namesOf(role), prefix), file)));
      if (best === undefined || found.size > best.found.size) best = { convention: id, found };
    }
  }
  return best!;
}

function prefixed(namings: ReturnType<Convention['namesOf']>, prefix: string): readonly Naming[] {
  return namings.map(({ name, layout }) => ({ name: prefix + name, ...(layout === undefined ? {} : { layout }) }));
}

function entry(role: Role, namings: readonly Naming[], { tensors, layout, layers }: FileFacts): [string, Placed][] {
  const there = namings.find(({ name }) => tensors.has(name));
  if (there === undefined) return [];
  const ofLayer = layers?.find(({ weight }) => weight === there.name)?.layout;
  return [[role.parameter, { name: there.name, layout: { ...layout, ...ofLayer, ...there.layout } }]];
}

/** The n-th layer of a list is the network's n-th; undefined when they are not the same kinds in the same order. */
function byLayers(
  roles: readonly Role[],
  layers: readonly CheckpointLayer[],
  { tensors, layout }: FileFacts,
  convention: string,
): Placement | undefined {
  const ours = [...new Map(roles.map(({ layer, op }) => [layer, op]))];
  const alike = ours.length === layers.length && ours.every(([, op], i) => op === layers[i]!.op);
  if (!alike) return undefined;
  const layerOf = new Map(ours.map(([name], i) => [name, layers[i]!]));
  const found = roles.flatMap(({ parameter, layer, part }): [string, Placed][] => {
    const theirs = layerOf.get(layer)!;
    const name = theirs[part];
    if (name === undefined || !tensors.has(name)) return [];
    return [[parameter, { name, layout: { ...layout, ...theirs.layout } }]];
  });
  return { convention, found: new Map(found) };
}

/** Of files that list no layers: tensors of rank 4 are convolutions, of rank 2 linear layers, in the file's order. */
function guessLayers(file: FileFacts): readonly CheckpointLayer[] {
  const layers: CheckpointLayer[] = [];
  for (const [name, tensor] of file.tensors) {
    const op = tensor.shape.length === 4 ? 'conv2d' : tensor.shape.length === 2 ? 'linear' : undefined;
    if (op === undefined || !isFloat(tensor)) continue;
    const { conv, linear } = file.layout;
    const out = tensor.shape[op === 'conv2d' ? (conv === 'OIHW' ? 0 : 3) : linear === 'OI' ? 0 : 1]!;
    const bias = vectorBeside(name, out, file);
    layers.push({ name, op, weight: name, ...(bias === undefined ? {} : { bias }) });
    if (layers.length > MAX_GUESSED) break;
  }
  return layers;
}

const MAX_GUESSED = 64;

/** The one vector of a length whose name begins as a weight's does, up to its last separator. */
export function vectorBeside(weight: string, length: number, { tensors }: FileFacts): string | undefined {
  const stem = weight.slice(0, weight.search(/[./_:][^./_:]*$/) + 1);
  const near = [...tensors].filter(
    ([name, tensor]) =>
      name !== weight &&
      name.startsWith(stem) &&
      tensor.shape.length === 1 &&
      tensor.shape[0] === length &&
      isFloat(tensor),
  );
  return stem !== '' && near.length === 1 ? near[0]![0] : undefined;
}
