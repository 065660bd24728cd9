import { throwIfAborted } from '@alexnet/core';
import { type LayerRecord, labelOf, type Measurement, type RooflineRecord } from '../records.ts';
import { profileOf } from '../roofline/profile.ts';
import { measureRates, type Rates } from '../roofline/rates.ts';
import { layersOf, rooflineOf } from '../roofline/records.ts';
import { batchOf } from './batches.ts';
import type { BenchmarkOptions } from './protocol.ts';
import { messageOf, type Runner, recordedAs } from './runner.ts';
import { precisionOf, type Workload } from './workload.ts';

/*
 * What is said of a candidate apart from its times beside others: where its time goes, and how far it is from what it could reach.
 */

/** Rates of candidates, each measured once, when its first network was timed: other candidates are idle then. Undefined for those that have none. */
export function createRatesOf({
  roofline = false,
  now,
  seed,
  signal,
  warn,
}: Pick<BenchmarkOptions, 'roofline' | 'seed' | 'signal'> & {
  readonly now: () => number;
  readonly warn: (text: string) => void;
}): (runner: Runner) => Promise<Rates | undefined> {
  const known = new Map<string, Promise<Rates | undefined>>();
  const measure = async ({ candidate, backend }: Runner) => {
    try {
      return await measureRates(backend, { now, seed, ...(signal === undefined ? {} : { signal }) });
    } catch (error) {
      throwIfAborted(signal, 'benchmark');
      warn(`${candidate.id}: what it reaches at best could not be measured: ${messageOf(error)}`);
      return undefined;
    }
  };
  return async (runner) => {
    const { candidate } = runner;
    if (!roofline || candidate.kind === 'peer' || precisionOf(candidate) !== 'f32') return undefined;
    const rates = known.get(candidate.id) ?? measure(runner);
    known.set(candidate.id, rates);
    return rates;
  };
}

/** A measurement beside its ceiling, where rates are known, and by layers, where the backend times them. A profile that fails is a warning. */
export async function besideCeiling(
  runner: Runner,
  {
    warm,
    workload,
    rates,
  }: { readonly warm: Measurement; readonly workload: Workload; readonly rates: Rates | undefined },
  { now, signal }: { readonly now: () => number; readonly signal?: AbortSignal },
): Promise<{ readonly rooflines: RooflineRecord[]; readonly layers: LayerRecord[]; readonly warnings: string[] }> {
  const { variant, graph } = workload;
  const { batch } = warm;
  const rooflines = rates === undefined ? [] : [rooflineOf(warm, graph, rates)];
  try {
    const { input } = batchOf(workload, batch);
    const timings = (await profileOf(runner, input, now)) ?? [];
    const layers = layersOf(recordedAs(runner.candidate), { variant, graph, batch }, timings, rates);
    return { rooflines, layers, warnings: [] };
  } catch (error) {
    throwIfAborted(signal, 'benchmark');
    const problem = `${labelOf(warm)} could not time the layers of ${variant} at batch ${batch}: ${messageOf(error)}`;
    return { rooflines, layers: [], warnings: [problem] };
  }
}
