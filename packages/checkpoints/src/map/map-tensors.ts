import {
  AlexNetError,
  type Graph,
  isFloat,
  type Shape,
  type StoredTensor,
  sameShape,
  showShape,
  toFloat32,
  type Weights,
} from '@alexnet/core';
import { type Convention, conventions } from './conventions.ts';

export interface Mapped {
  /** Id of the naming convention that the file follows. */
  readonly convention: string;
  /** One tensor for every parameter of the graph. */
  readonly weights: Weights;
  /** Names of tensors in the file that the graph has no use for. */
  readonly unused: readonly string[];
}

/**
 * Finds a graph's parameters among a file's tensors. The naming convention is the one that finds most of them; `fallback` is tried
 * when no name is known. Errors: `invalid-weights`, listing what is missing, has another shape, and was not expected.
 */
export function mapTensors(graph: Graph, tensors: ReadonlyMap<string, StoredTensor>, fallback?: Convention): Mapped {
  const convention = detect(graph, tensors, fallback);
  const used = new Set<string>();
  const missing: string[] = [];
  const misshapen: string[] = [];
  const weights = new Map<string, { shape: Shape; data: Float32Array }>();
  for (const { name, shape } of graph.parameters) {
    const foreign = convention.foreignName(name);
    const tensor = foreign === undefined ? undefined : tensors.get(foreign);
    if (foreign === undefined || tensor === undefined) {
      missing.push(alias(name, foreign));
      continue;
    }
    used.add(foreign);
    if (!isFloat(tensor)) misshapen.push(`${alias(name, foreign)} has type ${tensor.dtype}`);
    else if (!sameShape(tensor.shape, shape)) {
      misshapen.push(`${alias(name, foreign)} has shape ${showShape(tensor.shape)}, not ${showShape(shape)}`);
    } else weights.set(name, { shape, data: toFloat32(tensor) });
  }
  const unused = [...tensors.keys()].filter((name) => !used.has(name));
  if (missing.length + misshapen.length > 0) {
    const problems = [
      ...misshapen,
      ...(missing.length === 0 ? [] : [`missing: ${list(missing)}`]),
      ...(unused.length === 0 ? [] : [`not expected: ${list(unused)}`]),
    ];
    throw mismatch(`The file, with ${convention.id} names, does not fit ${graph.name}: ${problems.join('; ')}`);
  }
  return { convention: convention.id, weights, unused };
}

function detect(
  graph: Graph,
  tensors: ReadonlyMap<string, StoredTensor>,
  fallback: Convention | undefined,
): Convention {
  const found = ({ foreignName }: Convention) =>
    graph.parameters.filter(({ name }) => tensors.has(foreignName(name) ?? '')).length;
  const [best] = conventions
    .map((convention) => ({ convention, count: found(convention) }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count);
  const choice = best?.convention ?? fallback;
  if (choice !== undefined) return choice;
  const names = tensors.size === 0 ? 'it has no tensors' : `its names are ${list([...tensors.keys()])}`;
  throw mismatch(
    `The file names none of the parameters of ${graph.name} in a way that is known ` +
      `(${conventions.map(({ id }) => id).join(', ')}): ${names}`,
  );
}

/** `conv1.weight (features.0.weight)`: our name, and theirs where it differs. */
function alias(name: string, foreign: string | undefined): string {
  return foreign === undefined || foreign === name ? name : `${name} (${foreign.slice(0, 60)})`;
}

const SHOWN = 6;

function list(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => name.slice(0, 60));
  return shown.join(', ') + (names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '');
}

function mismatch(message: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-weights',
    message,
    fix: 'Check that the file belongs to this variant, with the same classes and width.',
  });
}
