import type { Network } from '../classify/network.ts';

interface Props {
  readonly network: Network | undefined;
  readonly backend: string | undefined;
}

/** What is taught: which network, how much of it, and where. */
export function Basis({ network, backend }: Props) {
  return (
    <p>
      It builds on{' '}
      {network === undefined ? 'the network that comes with the page' : <b class="given">{network.name}</b>}: give
      another under “See it work” first, if you like. All layers stay as they are but the last, which begins anew and
      learns your classes
      {backend === undefined ? '' : `; the others run on ${backend}`}.
    </p>
  );
}
