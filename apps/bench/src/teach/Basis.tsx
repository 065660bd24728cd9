import type { Network } from '../classify/network.ts';

interface Props {
  readonly network: Network | undefined;
  readonly backend: string | undefined;
}

/** What is taught: which network, how much of it, and where. */
export function Basis({ network, backend }: Props) {
  const isGenerated = network === undefined || network.untrained === true;
  return (
    <p>
      {isGenerated ? (
        <>
          The network here has <b>generated weights</b>: it has never seen an image. Still its layers make different
          things of different images, which is enough for classes that are easy to tell apart, by colour or by pattern.
          For more, give trained weights under “See it work” first.
        </>
      ) : (
        <>
          It builds on <b class="given">{network.name}</b>, from “See it work”.
        </>
      )}{' '}
      All layers stay as they are but the last, which begins anew and learns your classes
      {backend === undefined ? '' : `; the others run on ${backend}`}.
    </p>
  );
}
