import {
  calibrate,
  createVariant,
  evaluateInt8,
  evaluateSteps,
  type Graph,
  isStorage,
  type Probed,
  type ProgramPrecision,
  referenceProvider,
  seededWeights,
  type Tensor,
  throwIfAborted,
  type VariantOptions,
  type Weights,
  weightsAsStored,
} from '@alexnet/core';
import type { Delivery } from '../delivery/delivery.ts';
import { runBenchmark } from '../protocol/protocol.ts';
import type { Candidate, Workload } from '../protocol/workload.ts';
import type { BenchmarkReport, Shipped } from '../records.ts';
import type { Host, NamedInput } from './host.ts';

export interface BenchmarkPlan {
  readonly backends: readonly Probed[];
  readonly peers: readonly Probed[];
  readonly variants: readonly string[];
  /** Other sizes than the published ones, for all networks. */
  readonly dimensions?: VariantOptions;
  readonly batches: readonly number[];
  /** A candidate for each that a backend declares; peers run f32. Default: f32. */
  readonly precisions?: readonly ProgramPrecision[];
  readonly seed: number;
  /** Seconds for the warm runs of one network at one batch size. */
  readonly budget: number;
  /** Seconds that one candidate may take at one batch size. */
  readonly limit?: number;
  readonly threads?: number;
  /** Whether to put networks and layers beside what each backend reaches at best. */
  readonly roofline?: boolean;
  /** Whether to look for the batch at which throughput no longer grows. */
  readonly saturate?: boolean;
}

/** Weights that are somewhere, instead of generated ones: of the one network that is timed. */
export interface GivenWeights {
  readonly weights: Weights;
  /** Ways in which they come here, which are timed too. */
  readonly deliveries: readonly Delivery[];
}

/** What a run needs of its place besides what all runs need. */
export interface BenchmarkHost extends Host {
  readonly readMemory?: () => number;
  readonly given?: GivenWeights;
}

/** Times all candidates on one network after the other, on the photographs. Runs in Node and in a page. */
export async function benchAll(plan: BenchmarkPlan, host: BenchmarkHost): Promise<BenchmarkReport> {
  const { precisions = ['f32'] } = plan;
  const candidate =
    (kind: Candidate['kind'], precision: ProgramPrecision) =>
    ({ provider }: Probed): Candidate => ({
      id: provider.id,
      kind,
      precision,
      create: () => provider.create(plan.threads === undefined ? {} : { threads: plan.threads }),
    });
  const report = await runBenchmark({
    candidates: [
      ...plan.backends.flatMap((backend) => precisions.map((precision) => candidate('ours', precision)(backend))),
      ...plan.peers.map(candidate('peer', 'f32')),
    ],
    workloads: workloads(plan, host),
    batches: plan.batches,
    secondsPerBatch: plan.budget,
    ...(plan.limit === undefined ? {} : { secondsPerCandidate: plan.limit }),
    seed: plan.seed,
    ...(plan.roofline === undefined ? {} : { roofline: plan.roofline }),
    ...(plan.saturate === undefined ? {} : { saturate: plan.saturate }),
    ...(host.readMemory === undefined ? {} : { readMemory: host.readMemory }),
    signal: host.signal,
    onProgress: (step) => host.progress.update(step),
  });
  const shipped = shippedBy(plan.backends);
  return shipped.length === 0 ? report : { ...report, shipped };
}

/** What their providers say that engines bring along. */
function shippedBy(backends: readonly Probed[]): Shipped[] {
  return backends.flatMap(({ provider: { id, download } }) =>
    download === undefined ? [] : [{ candidate: id, rawBytes: download.bytes, gzipBytes: download.gzipBytes }],
  );
}

/** Networks as they are needed, with what the oracle says of each photograph in each precision. */
async function* workloads(
  { variants, dimensions, seed, precisions = ['f32'] }: BenchmarkPlan,
  host: BenchmarkHost,
): AsyncGenerator<Workload> {
  for (const id of variants) {
    const variant = createVariant(id, dimensions);
    const { graph } = variant;
    const { weights, deliveries } = host.given ?? { weights: seededWeights(graph, seed), deliveries: [] };
    const inputs = await host.inputsOf(variant);
    const expectedAs: Partial<Record<ProgramPrecision, readonly Tensor[]>> = {};
    for (const precision of new Set(['f32' as const, ...precisions.filter(isStorage)])) {
      const stored = weightsAsStored(graph, weights, precision);
      const label = precision === 'f32' ? id : `${id} ${precision}`;
      expectedAs[precision] = await probabilities({ label, graph, weights: stored, inputs }, host);
    }
    const samples = inputs.map(({ tensor }) => tensor);
    const workload = { variant: id, graph, weights, deliveries, samples, expected: expectedAs.f32!, expectedAs };
    yield precisions.includes('int8') ? await withInt8(workload, inputs, host) : workload;
  }
}

/** Calibrated on the photographs that it is timed on. */
async function withInt8(workload: Workload, inputs: readonly NamedInput[], host: Host): Promise<Workload> {
  const { variant, graph, weights, samples } = workload;
  const { progress, signal } = host;
  progress.update(`calibrating ${variant}`, 0, inputs.length);
  await using backend = await referenceProvider().create();
  const calibration = await calibrate({
    backend,
    graph,
    weights,
    samples: samples.map((input) => ({ input })),
    signal,
  });
  const int8: Tensor[] = [];
  for (const [index, { name, tensor: input }] of inputs.entries()) {
    progress.update(`oracle: ${variant} int8 on ${name}`, index, inputs.length);
    await new Promise((resolve) => setTimeout(resolve)); // lets Ctrl-C arrive
    throwIfAborted(signal, 'benchmark');
    const { shape, data } = evaluateInt8(graph, weights, { input }, calibration, { outputs: ['prob'] }).get('prob')!;
    int8.push({ shape, data: Float32Array.from(data) });
  }
  return { ...workload, calibration, expectedAs: { ...workload.expectedAs, int8 } };
}

/** The oracle's `prob` of every input. */
async function probabilities(
  { label, graph, weights, inputs }: { label: string; graph: Graph; weights: Weights; inputs: readonly NamedInput[] },
  { progress, signal }: Host,
): Promise<Tensor[]> {
  const found: Tensor[] = [];
  for (const [index, { name, tensor: input }] of inputs.entries()) {
    progress.update(`oracle: ${label} on ${name}`, index, inputs.length);
    const steps = evaluateSteps(graph, weights, { input }, { outputs: ['prob'] });
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      await new Promise((resolve) => setTimeout(resolve)); // lets Ctrl-C arrive
      throwIfAborted(signal, 'benchmark');
    }
    const { shape, data } = step.value.get('prob')!;
    found.push({ shape, data: Float32Array.from(data) });
  }
  return found;
}
