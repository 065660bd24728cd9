import { chooseFrom, type Probed, type Registry } from '@alexnet/core';

/** Backends to time: the oracle is a yardstick, not a contestant, unless it is asked for. */
export async function timeableOf(
  registry: Registry,
  wanted: readonly string[] | undefined,
  note: (text: string) => void,
): Promise<Probed[]> {
  const chosen = await chooseFrom(registry, wanted, note);
  if (wanted !== undefined) return chosen;
  note('The reference backend is the yardstick and is not timed; --backend reference times it.');
  return chosen.filter(({ provider }) => provider.id !== 'reference');
}

/** The peers to time: `true`: all that are here, else those with these ids; undefined: none. */
export type WantedPeers = true | readonly string[] | undefined;

/** The peers that are wanted and here; which are not, and why, is noted. Errors: those of `chooseFrom`. */
export async function peersOf(
  registry: Registry,
  wanted: WantedPeers,
  note: (text: string) => void,
): Promise<Probed[]> {
  if (wanted === undefined) return [];
  if (wanted !== true) return chooseFrom(registry, wanted, note);
  const probed = await registry.probe();
  for (const { provider, availability } of probed) {
    if (!availability.available) note(`The peer ${provider.id} is not timed: ${availability.detail}`);
  }
  return probed.filter(({ availability }) => availability.available);
}
