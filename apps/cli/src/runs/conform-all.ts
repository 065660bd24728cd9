import {
  addSummaries,
  type BackendReport,
  createOracleCache,
  type NetworkUnderTest,
  runConformance,
} from '@alexnet/conformance';
import { type Backend, createVariant, seededWeights, throwIfAborted } from '@alexnet/core';
import type { Probed } from '../choose-backends.ts';
import type { NetworkOptions } from '../options.ts';
import type { Host } from './host.ts';

export interface ConformancePlan {
  readonly backends: readonly Probed[];
  /** Each network and on how many of the photographs. */
  readonly networks: readonly { readonly variant: string; readonly photographs: number }[];
  /** Other sizes than the published ones, for all networks. */
  readonly dimensions?: NetworkOptions;
  readonly seed: number;
  readonly threads?: number;
}

/**
 * Ops and behaviour of every backend, then one network after the other on all of them: the weights of one network are in memory,
 * and the oracle computes each network once. Every check is written as a JSON line as it is done. Runs in Node and in a page.
 */
export async function conformAll(plan: ConformancePlan, host: Host): Promise<BackendReport[]> {
  const { signal, progress } = host;
  const opened: Backend[] = [];
  try {
    for (const { provider } of plan.backends) {
      opened.push(await provider.create(plan.threads === undefined ? {} : { threads: plan.threads }));
    }
    const parts = new Map<Backend, BackendReport[]>(opened.map((backend) => [backend, []]));
    const run = async (
      backend: Backend,
      options: Pick<Parameters<typeof runConformance>[0], 'suites' | 'networks' | 'storedNetworks' | 'oracle'>,
    ) => {
      const report = await runConformance({
        backend,
        ...options,
        signal,
        onProgress(news) {
          if (news.stage === 'oracle') {
            progress.update(`oracle: ${news.variant} on ${news.image}, ${news.node}`, news.index, news.count);
          } else {
            host.json({ backend: backend.id, ...news.check });
            progress.update(`${backend.id}: ${news.check.id}`, news.done, news.total);
          }
        },
      });
      parts.get(backend)!.push(report);
    };

    for (const backend of opened) await run(backend, { suites: ['op', 'property', 'behaviour'] });
    for (const [index, entry] of plan.networks.entries()) {
      throwIfAborted(signal, 'conform');
      progress.update(`${entry.variant}: makes the weights of seed ${plan.seed}`);
      const network = await networkUnderTest(entry, plan, host);
      const oracle = createOracleCache();
      const storedNetworks = index === 0 ? 1 : 0; // one network shows whether precisions hold in whole networks
      for (const backend of opened)
        await run(backend, { suites: ['network'], networks: [network], storedNetworks, oracle });
    }
    return [...parts.values()].map(joined);
  } finally {
    for (const backend of opened) await backend[Symbol.asyncDispose]();
  }
}

async function networkUnderTest(
  { variant: id, photographs }: ConformancePlan['networks'][number],
  { dimensions, seed }: ConformancePlan,
  host: Host,
): Promise<NetworkUnderTest> {
  const variant = createVariant(id, dimensions);
  const images = (await host.inputsOf(variant)).slice(0, photographs);
  return { variant, weights: seededWeights(variant.graph, seed), images };
}

/** Reports of several runs of one backend as one. */
function joined(parts: readonly BackendReport[]): BackendReport {
  const [first] = parts;
  return {
    backend: first!.backend,
    checks: parts.flatMap(({ checks }) => checks),
    endToEnd: parts.flatMap(({ endToEnd }) => endToEnd),
    summary: addSummaries(parts.map(({ summary }) => summary)),
    ms: parts.reduce((sum, { ms }) => sum + ms, 0),
  };
}
