import { evaluate, sameShape, type Tensor } from '@alexnet/core';
import type { Cause } from '../diagnosis.ts';
import { causes } from './causes.ts';
import type { RecordedRun } from './record.ts';

/** A run's result of one name, with what it should be. */
interface Result {
  readonly run: RecordedRun;
  readonly got: Tensor;
  readonly want: Tensor;
}

/** What the runs of a failed check have in common with a known mistake: the first that the evidence shows, or undefined. */
export function causeOfRuns(id: string, runs: readonly RecordedRun[]): Cause | undefined {
  if (!isAboutRuns(id)) return undefined;
  if (runs.some(({ inputs, given }) => changed(inputs, given))) return causes.inputOverwritten;
  const results = runs.flatMap(resultsOf);
  const wrong = results.filter(({ got, want }) => !close(got.data, want.data));
  for (const result of wrong) {
    const cause = causeOfResult(result, results);
    if (cause !== undefined) return cause;
  }
  if (runs.some(({ outputs, returned }) => changed(outputs, returned)) || shareMemory(runs))
    return causes.aliasedOutput;
  return id.startsWith('behaviour/repeatable') ? causeOfRepetition(results) : undefined;
}

/** Checks of other things must not be explained by what their runs happen to show. */
function isAboutRuns(id: string): boolean {
  return !/^behaviour\/(errors|leaks)\/|^behaviour\/(memory|profile|more-weights|dispose-twice|lost-device)$/.test(id);
}

function causeOfResult({ run, got, want }: Result, all: readonly Result[]): Cause | undefined {
  const others = all.filter((other) => other.run !== run && sameShape(other.want.shape, got.shape));
  const before = all.filter((other) => other.run.ended < run.ended && other.run.program === run.program);
  const overlaps = ({ run: other }: Result) => other.started < run.ended && run.started < other.ended;
  if (got.data.some(Number.isNaN) && before.some((other) => other.want.data.some(Number.isNaN))) return causes.nanStays;
  const same = others.find((other) => other.run.program === run.program && close(got.data, other.want.data));
  if (same !== undefined) return overlaps(same) ? causes.sharedBuffer : causes.staleResult;
  if (others.some((other) => other.run.weights !== run.weights && close(got.data, wantOf(run, other))))
    return causes.otherWeights;

  if (!sameShape(got.shape, want.shape)) return undefined;
  if (samplesMixed(got, want)) return causes.samplesMixed;
  const smaller = before.some((other) => other.want.data.length < want.data.length);
  if (smaller && endIsZero(got.data, want.data)) return causes.buffersOfFirstBatch;
  const previous = before.findLast((other) => sameShape(other.got.shape, got.shape));
  if (previous !== undefined && follows(got.data, want.data, previous.got.data)) return causes.staleBuffer;
  return undefined;
}

/** Runs on the same input that differ: in the last bits, or clearly. */
function causeOfRepetition(results: readonly Result[]): Cause | undefined {
  for (const [i, a] of results.entries()) {
    for (const b of results.slice(i + 1)) {
      if (a.run.program !== b.run.program || !close(a.want.data, b.want.data) || !sameShape(a.got.shape, b.got.shape))
        continue;
      if (a.got.data.every((value, k) => Object.is(value, b.got.data[k]!))) continue;
      return close(a.got.data, b.got.data) ? causes.nondeterministic : causes.race;
    }
  }
  return undefined;
}

/** What the oracle makes of a run's input. None where the input is none, or inner values were asked for that it does not have. */
function resultsOf(run: RecordedRun): Result[] {
  if (run.weights === undefined) return [];
  const names = Object.keys(run.returned).filter((name) => run.graph.outputs.includes(name));
  try {
    const values = evaluate(run.graph, run.weights, run.given, { outputs: names });
    return names.map((name) => {
      const { shape, data } = values.get(name)!;
      return { run, got: run.returned[name]!, want: { shape, data: Float32Array.from(data) } };
    });
  } catch {
    return []; // a run that should have been refused has no right result
  }
}

/** What a run's input gives with the weights of another program. */
function wantOf(run: RecordedRun, { run: other }: Result): ArrayLike<number> {
  if (other.weights === undefined) return [];
  return evaluate(run.graph, other.weights, run.given).values().next().value?.data ?? [];
}

/** Every sample is right, but most are in another's place. */
function samplesMixed(got: Tensor, want: Tensor): boolean {
  const batch = got.shape[0]!;
  const size = got.data.length / batch;
  const sample = (tensor: Tensor, n: number) => tensor.data.subarray(n * size, (n + 1) * size);
  const numbers = Array.from({ length: batch }, (_, n) => n);
  return batch > 1 && numbers.every((n) => numbers.some((m) => close(sample(got, n), sample(want, m))));
}

function endIsZero(got: Float32Array, want: Float32Array): boolean {
  const from = got.findIndex((value, i) => value === 0 && want[i] !== 0);
  return (
    from > 0 && close(got.subarray(0, from), want.subarray(0, from)) && got.subarray(from).every((value) => value === 0)
  );
}

/** The error is a multiple of what was there before. */
function follows(got: Float32Array, want: Float32Array, before: Float32Array): boolean {
  let [ee, bb, eb] = [0, 0, 0];
  got.forEach((value, i) => {
    const error = value - want[i]!;
    ee += error ** 2;
    bb += before[i]! ** 2;
    eb += error * before[i]!;
  });
  return eb ** 2 > 0.999 * ee * bb;
}

function changed(now: RecordedRun['inputs'], then: RecordedRun['inputs']): boolean {
  return Object.entries(then).some(([name, { data }]) =>
    data.some((value, i) => !Object.is(value, now[name]?.data[i])),
  );
}

/** Two runs returned the same memory of the backend. */
function shareMemory(runs: readonly RecordedRun[]): boolean {
  const tensors = runs.flatMap(({ inputs, outputs }, run) => {
    // an input that is handed back is the caller's memory, not the backend's
    const given = new Set(Object.values(inputs).map(({ data }) => data.buffer));
    const own = Object.values(outputs).filter((tensor) => tensor?.data !== undefined && !given.has(tensor.data.buffer));
    return own.map(({ data }) => ({ run, data }));
  });
  const overlap = (a: Float32Array, b: Float32Array) =>
    a.buffer === b.buffer && a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;
  return tensors.some((a, i) =>
    tensors
      .slice(i + 1)
      .some((b) => a.run !== b.run && a.data.length > 0 && b.data.length > 0 && overlap(a.data, b.data)),
  );
}

/** Up to 1/10,000 of the largest: which result it is, not how exact. */
function close(got: ArrayLike<number>, want: ArrayLike<number>): boolean {
  if (got.length !== want.length) return false;
  let largest = 0;
  for (let i = 0; i < want.length; i++) largest = Math.max(largest, Math.abs(want[i]!) || 0);
  for (let i = 0; i < want.length; i++) {
    if (Number.isNaN(want[i]!) ? !Number.isNaN(got[i]!) : !(Math.abs(got[i]! - want[i]!) <= 1e-4 * largest))
      return false;
  }
  return true;
}
