import {
  addSummaries,
  type BackendReport,
  createOracleCache,
  type NetworkUnderTest,
  runConformance,
} from '@alexnet/conformance';
import { type Backend, type Probed, seededWeights, throwIfAborted } from '@alexnet/core';
import { disposeBackends } from './dispose-backends.ts';
import type { Host } from './host.ts';
import type { NetworkPlan } from './networks.ts';
import { type Part, type PartsPlan, partsOf, variantOf } from './parts.ts';
import { createTimeOfParts } from './time-of-parts.ts';

export interface ConformancePlan extends PartsPlan {
  readonly backends: readonly Probed[];
  readonly seed: number;
  readonly threads?: number;
}

/**
 * Ops, properties and behaviour of every backend, then one network after the other on all of them: the weights of one network are in memory,
 * and the oracle computes each network once. Every check is written as a JSON line as it is done. Runs in Node and in a page.
 * Errors: `unknown-name` for a variant or a selected check that does not exist; `aborted`.
 */
export async function conformAll(plan: ConformancePlan, host: Host): Promise<BackendReport[]> {
  const { signal, progress } = host;
  const parts = partsOf(plan);
  const ids = plan.backends.map(({ provider }) => provider.id);
  const time = createTimeOfParts(parts.flatMap(({ seconds }) => ids.map((backend) => ({ backend, seconds }))));
  const opened: Backend[] = [];
  try {
    for (const { provider } of plan.backends) {
      opened.push(await provider.create(plan.threads === undefined ? {} : { threads: plan.threads }));
    }
    const reports = new Map<Backend, BackendReport[]>(opened.map((backend) => [backend, []]));
    const run = async (
      backend: Backend,
      { options, select }: Part,
      network?: Pick<Parameters<typeof runConformance>[0], 'networks' | 'oracle'>,
    ) => {
      time.begin();
      const report = await runConformance({
        backend,
        ...options,
        ...network,
        select,
        signal,
        onProgress(news) {
          const left = time.left(news.secondsLeft);
          if (news.stage === 'oracle') {
            progress.update(`oracle: ${news.variant} on ${news.image}, ${news.node}`, news.index, news.count, left);
          } else {
            host.json({ backend: backend.id, ...news.check });
            progress.update(`${backend.id}: ${news.check.id}`, news.done, news.total, left);
          }
        },
      });
      reports.get(backend)!.push(report);
    };

    for (const part of parts) {
      throwIfAborted(signal, 'conform');
      if (part.network === undefined) {
        for (const backend of opened) await run(backend, part);
        continue;
      }
      progress.update(`${part.network.variant}: makes the weights of seed ${plan.seed}`);
      const networks = [await networkUnderTest(part.network, plan, host)];
      const oracle = createOracleCache(host.oracleStore === undefined ? {} : { store: host.oracleStore });
      for (const backend of opened) await run(backend, part, { networks, oracle });
    }
    return [...reports].map(([backend, of]) => joined(backend, of));
  } finally {
    await disposeBackends(opened, (text) => host.note?.(text));
  }
}

async function networkUnderTest(
  network: NetworkPlan,
  { dimensions, seed }: ConformancePlan,
  host: Host,
): Promise<NetworkUnderTest> {
  const variant = variantOf(network, dimensions);
  const all = await host.inputsOf(variant);
  return {
    variant,
    weights: seededWeights(variant.graph, seed),
    images: all.slice(0, network.photographs),
    calibration: all.slice(network.photographs).map(({ tensor }) => tensor),
  };
}

/** Reports of several runs of one backend as one. */
function joined({ id, environment }: Backend, parts: readonly BackendReport[]): BackendReport {
  return {
    backend: { id, environment },
    checks: parts.flatMap(({ checks }) => checks),
    endToEnd: parts.flatMap(({ endToEnd }) => endToEnd),
    summary: addSummaries(parts.map(({ summary }) => summary)),
    ms: parts.reduce((sum, { ms }) => sum + ms, 0),
  };
}
