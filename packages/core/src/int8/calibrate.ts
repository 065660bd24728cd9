import type { Backend } from '../backend/backend.ts';
import { AlexNetError, throwIfAborted } from '../error.ts';
import type { Graph } from '../graph/graph.ts';
import type { TensorMap, Weights } from '../tensor.ts';
import type { Calibration } from './calibration.ts';
import { int8Network } from './network.ts';
import { quantisedPlaces } from './places.ts';
import { quantisationOf } from './quantisation.ts';

export interface CalibrateOptions {
  /** Runs the network in float32: any backend, the oracle too. */
  readonly backend: Backend;
  readonly graph: Graph;
  readonly weights: Weights;
  /** Preprocessed images, one after the other, alone or in batches; a hundred that are like those to come say more than a thousand that are not. */
  readonly samples: Iterable<TensorMap> | AsyncIterable<TensorMap>;
  /**
   * How much of a sample's values lies within the range, from 0.5 to 1; what lies outside is cut off, and all others are finer for it.
   * Default 1: the largest value of all samples.
   */
  readonly share?: number;
  readonly signal?: AbortSignal;
}

/**
 * Finds how the values of a network are to be quantised from what they are on sample images.
 * Errors: `invalid-input` (no samples, a share out of range, values that are not finite), and those of `compile` and `run`.
 */
export async function calibrate({
  backend,
  graph,
  weights,
  samples,
  share = 1,
  signal,
}: CalibrateOptions): Promise<Calibration> {
  if (!(share >= 0.5 && share <= 1)) throw wrong(`The share must be from 0.5 to 1, got ${share}`, 'share');
  const folded = int8Network(graph, weights);
  const places = [...quantisedPlaces(folded.graph)];
  const ranges = new Map(places.map((name) => [name, { low: 0, high: 0 }]));
  let count = 0;
  await using program = await backend.compile(folded.graph, folded.weights, { outputs: places, ...given(signal) });
  for await (const sample of samples) {
    throwIfAborted(signal, 'calibrate');
    const values = await program.run(sample, given(signal));
    for (const [name, range] of ranges) widen(range, values[name]!.data, share, name);
    count++;
  }
  if (count === 0) throw wrong('There is no sample to calibrate on', 'samples');
  return {
    values: Object.fromEntries([...ranges].map(([name, { low, high }]) => [name, quantisationOf(low, high)])),
  };
}

/** Widens a range by what lies within the share of some values. */
function widen(range: { low: number; high: number }, data: Float32Array, share: number, name: string): void {
  const ends = extremes(data);
  if (!ends.every(Number.isFinite)) {
    throw wrong(`The value ${name} of a sample is not finite, so it has no range`, 'samples');
  }
  const cut = Math.floor((1 - share) * (data.length - 1));
  const sorted = cut === 0 ? ends : data.toSorted();
  range.low = Math.min(range.low, sorted[cut]!);
  range.high = Math.max(range.high, sorted[sorted.length - 1 - cut]!);
}

function extremes(data: Float32Array): [low: number, high: number] {
  let [low, high] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    low = Math.min(low, data[i]!);
    high = Math.max(high, data[i]!);
  }
  return [low, high];
}

function given(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function wrong(message: string, where: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, where });
}
