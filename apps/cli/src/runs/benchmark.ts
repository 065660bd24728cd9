import { type BenchmarkReport, type Candidate, runBenchmark, type Workload } from '@alexnet/benchmark';
import { createVariant, evaluateSteps, preprocess, seededWeights, type Tensor, throwIfAborted } from '@alexnet/core';
import type { Probed } from '../backends.ts';
import type { Context } from '../commands/command.ts';
import { createProgress, type Progress } from '../terminal/progress.ts';
import { decodePhotographs, type Picture } from './photographs.ts';

export interface BenchmarkPlan {
  readonly backends: readonly Probed[];
  readonly peers: readonly Probed[];
  readonly variants: readonly string[];
  readonly batches: readonly number[];
  readonly seed: number;
  readonly budget: number;
  readonly threads?: number;
}

/** Times all candidates on one network after the other, on the photographs. */
export async function runAllBenchmarks(plan: BenchmarkPlan, { output, signal }: Context): Promise<BenchmarkReport> {
  const progress = createProgress(output.progressStream);
  const candidate =
    (kind: Candidate['kind']) =>
    ({ provider }: Probed): Candidate => ({
      id: provider.id,
      kind,
      create: () => provider.create(plan.threads === undefined ? {} : { threads: plan.threads }),
    });
  try {
    const pictures = await decodePhotographs(signal);
    return await runBenchmark({
      candidates: [...plan.backends.map(candidate('ours')), ...plan.peers.map(candidate('peer'))],
      workloads: workloads(plan, pictures, progress, signal),
      batches: plan.batches,
      secondsPerBatch: plan.budget,
      seed: plan.seed,
      readMemory: () => process.memoryUsage.rss(),
      signal,
      onProgress: (step) => progress.update(step),
    });
  } finally {
    progress.clear();
  }
}

/** Networks as they are needed, with what the oracle says of each photograph. */
async function* workloads(
  { variants, seed }: BenchmarkPlan,
  pictures: readonly Picture[],
  progress: Progress,
  signal: AbortSignal,
): AsyncGenerator<Workload> {
  for (const id of variants) {
    const { graph, preprocessing } = createVariant(id);
    const weights = seededWeights(graph, seed);
    const samples = pictures.map(({ image }) => preprocess(image, preprocessing));
    const expected: Tensor[] = [];
    for (const [index, input] of samples.entries()) {
      progress.update(`oracle: ${id} on ${pictures[index]!.name}`, index, samples.length);
      const steps = evaluateSteps(graph, weights, { input }, { outputs: ['prob'] });
      let step = steps.next();
      for (; !step.done; step = steps.next()) {
        await new Promise((resolve) => setTimeout(resolve)); // lets Ctrl-C arrive
        throwIfAborted(signal, 'benchmark');
      }
      const { shape, data } = step.value.get('prob')!;
      expected.push({ shape, data: Float32Array.from(data) });
    }
    yield { variant: id, graph, weights, samples, expected };
  }
}
