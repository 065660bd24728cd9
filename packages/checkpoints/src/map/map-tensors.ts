import { AlexNetError, type Graph, type ReadOptions, sizeOf, type Tensor, type Weights } from '@alexnet/core';
import type { CheckpointFile } from '../checkpoint-file.ts';
import { byShapes } from './by-shapes.ts';
import { conventions } from './conventions.ts';
import { type Fit, fitOf, fitsAll, type Matched } from './match.ts';
import { type FileFacts, placements } from './placement.ts';
import { readValues } from './read-values.ts';
import { type Role, rolesOf } from './roles.ts';

export interface Mapped {
  /** Whose names the tensors have: `torchvision`, `keras`..., or by what else they were told: `position`, `order`, `shapes`. */
  readonly convention: string;
  /** One tensor for every parameter of the graph, in our layout; of bytes in memory, views where that is possible. */
  readonly weights: Weights;
  readonly matched: readonly Matched[];
  /** Names of tensors in the file that the graph has no use for. */
  readonly unused: readonly string[];
}

export interface MapOptions extends ReadOptions {
  onProgress?(progress: ReadProgress): void;
}

/** Bytes of float32 weights that were read, and of all of them. */
export interface ReadProgress {
  readonly done: number;
  readonly total: number;
  /** Which is being read. */
  readonly parameter: string;
}

/**
 * Finds a graph's parameters among a file's tensors and reads them.
 * Errors: `invalid-weights`, listing what is missing, has another shape, and was not expected; `aborted`; those of the file's reader.
 */
export async function mapTensors(graph: Graph, file: CheckpointFile, options: MapOptions = {}): Promise<Mapped> {
  const fit = findFit(rolesOf(graph), file);
  if (!fitsAll(fit)) throw misfit(graph, file, fit);
  const total = graph.parameters.reduce((bytes, { shape }) => bytes + 4 * sizeOf(shape), 0);
  let done = 0;
  const weights = new Map<string, Tensor>();
  for (const reading of fit.readings) {
    const { parameter } = reading.matched;
    const onElements = (count: number) => {
      done += 4 * count;
      options.onProgress?.({ done, total, parameter });
    };
    weights.set(parameter, await readValues(reading, { signal: options.signal, onElements }));
  }
  const inOrder = new Map(graph.parameters.map(({ name }) => [name, weights.get(name)!]));
  return {
    convention: fit.convention,
    weights: inOrder,
    matched: fit.readings.map(({ matched }) => matched),
    unused: fit.unused,
  };
}

/** The surest way to find parameters by which all fit; if there is none, the one by which most do. */
export function findFit(roles: readonly Role[], file: FileFacts): Fit {
  const fits = placements(roles, file).map((placement) => fitOf(roles, file, placement));
  const whole = fits.find(fitsAll);
  if (whole !== undefined) return whole;
  const [surest] = fits as [Fit];
  // all names are known: what does not fit is no reason to doubt them
  if (surest.missing.length > 0) {
    const placement = byShapes(roles, file);
    if (placement !== undefined) return fitOf(roles, file, placement);
  }
  const problems = ({ missing, misfits }: Fit) => missing.length + misfits.length;
  return fits.reduce((best, fit) => (problems(fit) < problems(best) ? fit : best));
}

/** Fails with everything that is wrong, shortened: the file may hold anything. */
function misfit({ name }: Graph, { tensors }: CheckpointFile, fit: Fit): AlexNetError {
  const { convention, readings, missing, misfits, unused } = fit;
  const problems = [
    ...misfits,
    ...(missing.length === 0 ? [] : [`missing: ${list(missing)}`]),
    ...(unused.length === 0 ? [] : [`not expected: ${list(unused)}`]),
  ];
  const nothing = readings.length + misfits.length === 0;
  const said = tensors.size === 0 ? 'it has no tensors' : `its names are ${list([...tensors.keys()])}`;
  const known = [...new Set(conventions.map(({ id }) => id))].join(', ');
  return new AlexNetError({
    code: 'invalid-weights',
    message: nothing
      ? `The file does not fit ${name}, and its names are of no known convention (${known}): ${said}`
      : `The file, with ${convention} names, does not fit ${name}: ${list(problems, '; ')}; ` +
        `${readings.length} of ${readings.length + missing.length + misfits.length} parameters match`,
    fix: 'Check that the file belongs to this variant, with the same classes and width.',
  });
}

const SHOWN = 8;

/** The first few items, each shortened. */
function list(items: readonly string[], separator = ', '): string {
  const shown = items.slice(0, SHOWN).map((item) => (item.length > 120 ? `${item.slice(0, 120)}...` : item));
  return shown.join(separator) + (items.length > SHOWN ? `${separator}and ${items.length - SHOWN} more` : '');
}
