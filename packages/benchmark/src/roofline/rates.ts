import { type Backend, buildGraph, type Graph, seededWeights, sizeOf, type Weights } from '@alexnet/core';

/** What a backend reaches at best on this machine, measured through the backend itself. */
export interface Rates {
  /** Bytes of weights that it reads from memory in a second. */
  readonly bytesPerSecond: number;
  /** Multiply-accumulates in a second. */
  readonly macsPerSecond: number;
}

export interface Peak {
  readonly graph: Graph;
  /** Bytes or multiply-accumulates of one run. */
  readonly amount: number;
}

/** 134 MB of weights, more than caches hold, each read once: nothing but reading takes time. As many bytes as one buffer of WebGPU may have. */
export const reading: Peak = {
  graph: buildGraph('peak-reading', { name: 'input', shape: [4096] })
    .linear('out', 8192)
    .build(),
  amount: 4 * (4096 + 1) * 8192,
};

/** 3x3 convolutions that reuse every value often, with many channels on small images and fewer on large ones: kernels differ in which they like. */
export const multiplying: readonly Peak[] = [
  { channels: 256, size: 28 },
  { channels: 384, size: 13 },
].map(({ channels, size }) => ({
  graph: buildGraph(`peak-multiplying-${channels}`, { name: 'input', shape: [channels, size, size] })
    .conv2d('out', channels, 3, { pads: 1 })
    .build(),
  amount: 9 * channels * channels * size * size,
}));

/** Runs before those that count, and at most as many as count; slow backends take fewer. */
const WARM_UP = 2;
const RUNS = 8;
const LIMIT_MS = 3000;

export interface RateOptions {
  readonly now: () => number;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** The best of a few runs of each peak: a ceiling is what was reached, not what is usual. Errors: those of `compile` and `run`. */
export async function measureRates(backend: Backend, options: RateOptions): Promise<Rates> {
  const rates: number[] = [];
  for (const peak of multiplying) rates.push(await rateOf(backend, peak, options));
  return { bytesPerSecond: await rateOf(backend, reading, options), macsPerSecond: Math.max(...rates) };
}

/** Amounts per second in the fastest run. Errors: those of `compile` and `run`. */
export async function rateOf(
  backend: Backend,
  { graph, amount }: Peak,
  { now, seed, signal }: RateOptions,
): Promise<number> {
  const cancel = signal === undefined ? {} : { signal };
  // not zeros: memory controllers of GPUs compress what repeats, and subnormal products are slow
  const weights: Weights = seededWeights(graph, seed);
  await using program = await backend.compile(graph, weights, cancel);
  const [{ shape } = { shape: [] }] = graph.inputs;
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 37) % 101) / 101);
  const input = { shape: [1, ...shape], data };
  const times: number[] = [];
  const start = now();
  for (let run = 0; run < WARM_UP + RUNS && (run === 0 || now() - start < LIMIT_MS); run++) {
    const began = now();
    await program.run({ input }, cancel);
    times.push(now() - began);
  }
  return (1000 * amount) / Math.min(...times);
}
