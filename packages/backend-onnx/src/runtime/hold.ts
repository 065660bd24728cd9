import {
  collectWeights,
  dropDropout,
  foldBatchNormOfSource,
  foldPadding,
  type Graph,
  inPrecision,
  neededPart,
  type Precision,
  readsThroughOneArray,
  rowChunks,
  type Shape,
  type StoredWeight,
  sourceAsStored,
  sourceOfWeights,
  storesAt,
  throwIfAborted,
  type WeightSource,
  type Weights,
} from '@alexnet/core';
import { fitsFixedPoint } from '../model/linear-fixed-point.ts';
import type { GraphForm } from './engine.ts';

/** Parameters as the engine is to get them. */
export interface Held {
  /** All of them; those that are still to be read have no values yet. */
  readonly weights: Map<string, StoredWeight>;
  /** Values in float32 that are still to be read, each once. */
  readonly late: WeightSource;
}

export interface Prepared extends Held {
  readonly graph: Graph;
}

export interface HoldOptions {
  readonly precision: Precision;
  readonly form: GraphForm;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs the passes that keep every output and leave the engine less to do, and brings the weights into the precision that it computes with.
 * What it would be slower with than with float32 is restored. Where all is float32 to the engine, what no pass changes is left to be read;
 * else it is read here, since quantised weights are small. Errors: `invalid-weights`, `aborted`, and those of the source.
 */
export async function hold(
  graph: Graph,
  given: Weights | WeightSource,
  { precision, form, signal }: HoldOptions,
): Promise<Prepared> {
  const needed = form.passes ? foldPadding(dropDropout(neededPart(graph))) : graph;
  const natively = new Set(storedNatively(needed, precision, form).map(({ name }) => name));
  const source = sourceOfWeights(given);
  // A precision is about the weights as given: what is folded into them comes after.
  const floats = sourceAsStored(needed, source, precision);
  if (natively.size === 0) {
    const folded = form.passes
      ? await foldBatchNormOfSource(needed, floats, { signal })
      : { graph: needed, source: floats };
    const weights = folded.graph.parameters.map(({ name, shape }): [string, StoredWeight] => [
      name,
      { precision: 'f32', shape, data: new Float32Array() },
    ]);
    return { graph: folded.graph, weights: new Map(weights), late: folded.source };
  }
  const weights = new Map<string, StoredWeight>();
  const names = new Set(needed.parameters.map(({ name }) => name));
  for (const name of source.parameters.keys()) {
    if (!names.has(name)) continue;
    weights.set(
      name,
      await (natively.has(name) ? readStored(source, name, precision, signal) : readFloats(floats, name, signal)),
    );
  }
  return { graph: needed, weights, late: { ...floats, parameters: new Map() } };
}

/** Reads what is still to be read. Errors: those of the source. */
export async function readLate({ weights, late }: Held, signal: AbortSignal | undefined): Promise<void> {
  for (const name of late.parameters.keys()) {
    if (weights.has(name)) weights.set(name, await readFloats(late, name, signal));
  }
}

/** The weights that the engine takes as they are stored. */
function storedNatively(graph: Graph, precision: Precision, { stored }: GraphForm): Graph['parameters'] {
  if (precision === 'f32' || stored[precision] === 'restored') return [];
  const names = new Set(storesAt(graph, precision));
  const fits = (features: number) => stored[precision] !== 'fixedPoint' || fitsFixedPoint(features);
  return graph.parameters.filter(({ name, shape }) => names.has(name) && fits(shape[1]!));
}

/** A whole parameter in float32. */
export async function readFloats(
  source: WeightSource,
  name: string,
  signal: AbortSignal | undefined,
): Promise<StoredWeight> {
  const weights = await collectWeights(source, { names: [name], signal });
  return { precision: 'f32', ...weights.get(name)! };
}

/** A weight stored, a few rows at a time: rows are stored one by one. */
async function readStored(
  source: WeightSource,
  name: string,
  precision: Precision,
  signal: AbortSignal | undefined,
): Promise<StoredWeight> {
  const { shape } = source.parameters.get(name)!;
  const read = readsThroughOneArray(source);
  const parts: StoredWeight[] = [];
  for (const rows of rowChunks(shape)) {
    throwIfAborted(signal, 'compile');
    parts.push(inPrecision(await read(name, { rows, signal }), precision, name));
  }
  return joined(parts, shape);
}

/** Rows one below the other. */
function joined(parts: readonly StoredWeight[], shape: Shape): StoredWeight {
  const [first] = parts;
  const data = concat(parts.map((part) => part.data));
  const scales = concat(parts.flatMap((part) => ('scales' in part ? [part.scales] : [])));
  return { ...first, shape, data, ...(scales === undefined ? {} : { scales }) } as StoredWeight;
}

/** Arrays of one type, one after the other. */
function concat<T extends StoredWeight['data'] | Uint16Array>(arrays: readonly T[]): T | undefined {
  const [first] = arrays;
  if (first === undefined || arrays.length === 1) return first;
  const all = new (first.constructor as new (length: number) => T)(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
