import type { Host } from '@alexnet/benchmark';
import { benchAll, conformAll, peersOf, timeableOf } from '@alexnet/benchmark';
import { chooseFrom, createRegistry } from '@alexnet/core';
import { examine } from '../../runs/examine.ts';
import type { Job, Results } from '../job.ts';
import { backendsIn, peersIn } from './backends.ts';
import { describeGpu } from './describe-gpu.ts';

/** Runs the same suite and the same protocol as in Node, with the backends that a page can have. */
export async function runJob(
  job: Job,
  host: Host & { readonly note: (text: string) => void },
): Promise<Results[Job['kind']]> {
  host.note(`In ${job.browser}, headless; ${await describeGpu()}.`);
  const registry = createRegistry(backendsIn(job.browser, job.kind === 'conform' ? job.webgpuLimits : 'adapter'));
  if (job.kind === 'doctor') {
    const { signal, progress } = host;
    return examine(registry, job, { signal, onProgress: progress.update });
  }
  if (job.kind === 'conform')
    return conformAll({ ...job, backends: await chooseFrom(registry, job.wanted, host.note) }, host);
  const backends = await timeableOf(registry, job.wanted, host.note);
  const peers = await peersOf(createRegistry(peersIn(job.browser)), job.wantedPeers, host.note);
  return benchAll({ ...job, backends, peers }, host);
}
