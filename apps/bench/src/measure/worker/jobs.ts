import { benchAll, conformAll, type Host } from '@alexnet/benchmark';
import { AlexNetError, createRegistry, type Probed } from '@alexnet/core';
import { providersHere } from '../../engines/providers.ts';
import { shippedSince } from '../../engines/shipped.ts';
import type { Job, Results } from './messages.ts';
import { plans } from './plans.ts';

type JobOf<K extends Job['kind']> = Extract<Job, { readonly kind: K }>;

/** The same suite as on the command line, on one backend. Errors: `missing-dependency` where it is not available, and those of the suite. */
export async function conform({ backend, network }: JobOf<'conform'>, host: Host): Promise<Results['conform']> {
  const began = performance.now();
  host.progress.update(`${backend}: loads`);
  const backends = [await found(backend)];
  const [report] = await conformAll({ ...plans[network].conform, backends }, host);
  return { report: report!, shipped: shippedSince(began, backend) };
}

/** The same protocol as on the command line. */
export async function bench({ backends, network }: JobOf<'bench'>, host: Host): Promise<Results['bench']> {
  const here: Probed[] = [];
  for (const id of backends) {
    host.progress.update(`${id}: loads`);
    here.push(await found(id));
  }
  return benchAll({ ...plans[network].bench, backends: here, peers: [] }, host);
}

async function found(id: string): Promise<Probed> {
  const provider = createRegistry(providersHere()).get(id);
  const availability = await provider.probe();
  if (availability.available) return { provider, availability };
  const { detail: message, fix } = availability;
  throw new AlexNetError({ code: 'missing-dependency', message, ...(fix === undefined ? {} : { fix }) });
}
