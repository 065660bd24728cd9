import {
  addSummaries,
  type BackendReport,
  createOracleCache,
  type NetworkUnderTest,
  runConformance,
} from '@alexnet/conformance';
import { type Backend, createVariant, preprocess, seededWeights, throwIfAborted } from '@alexnet/core';
import type { Probed } from '../backends.ts';
import type { Context } from '../commands/command.ts';
import { createProgress } from '../terminal/progress.ts';
import { decodePhotographs, type Picture } from './photographs.ts';

export interface ConformancePlan {
  readonly backends: readonly Probed[];
  /** Each network and on how many of the photographs. */
  readonly networks: readonly { readonly variant: string; readonly photographs: number }[];
  readonly seed: number;
  readonly threads?: number;
}

/** The networks that `conform` covers without options: the two most used on all photographs, the others on one. */
export const mainNetworks: ConformancePlan['networks'] = [
  { variant: 'bvlc-alexnet', photographs: 4 },
  { variant: 'torchvision', photographs: 4 },
  { variant: 'caffenet', photographs: 1 },
  { variant: 'onnx-zoo', photographs: 1 },
  { variant: 'cuda-convnet2', photographs: 1 },
  { variant: 'uestcsongtaoli', photographs: 1 },
];

/**
 * Ops and behaviour of every backend, then one network after the other on all of them: the weights of one network are in memory,
 * and the oracle computes each network once. Every check is written as a JSON line as it is done.
 */
export async function runAllConformance(plan: ConformancePlan, { output, signal }: Context): Promise<BackendReport[]> {
  const progress = createProgress(output.progressStream);
  const opened: Backend[] = [];
  try {
    for (const { provider } of plan.backends) {
      opened.push(await provider.create(plan.threads === undefined ? {} : { threads: plan.threads }));
    }
    const parts = new Map<Backend, BackendReport[]>(opened.map((backend) => [backend, []]));
    const run = async (
      backend: Backend,
      options: Pick<Parameters<typeof runConformance>[0], 'suites' | 'networks' | 'oracle'>,
    ) => {
      const report = await runConformance({
        backend,
        ...options,
        signal,
        onProgress(news) {
          if (news.stage === 'oracle') {
            progress.update(`oracle: ${news.variant} on ${news.image}, ${news.node}`, news.index, news.count);
          } else {
            output.json({ backend: backend.id, ...news.check });
            progress.update(`${backend.id}: ${news.check.id}`, news.done, news.total);
          }
        },
      });
      parts.get(backend)!.push(report);
    };

    for (const backend of opened) await run(backend, { suites: ['op', 'behaviour'] });
    const pictures = await decodePhotographs(signal);
    for (const { variant, photographs } of plan.networks) {
      throwIfAborted(signal, 'conform');
      progress.update(`${variant}: makes the weights of seed ${plan.seed}`);
      const network = networkUnderTest(variant, pictures.slice(0, photographs), plan.seed);
      const oracle = createOracleCache();
      for (const backend of opened) await run(backend, { suites: ['network'], networks: [network], oracle });
    }
    return [...parts.values()].map(joined);
  } finally {
    progress.clear();
    for (const backend of opened) await backend[Symbol.asyncDispose]();
  }
}

function networkUnderTest(id: string, pictures: readonly Picture[], seed: number): NetworkUnderTest {
  const variant = createVariant(id);
  return {
    variant,
    weights: seededWeights(variant.graph, seed),
    images: pictures.map(({ name, image }) => ({ name, tensor: preprocess(image, variant.preprocessing) })),
  };
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
