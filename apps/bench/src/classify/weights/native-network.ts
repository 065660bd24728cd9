import { createVariant } from '@alexnet/core';
import type { LoadedWeights } from '@alexnet/core/files';
import type { Network } from '../network.ts';
import { readNetwork } from './read-network.ts';

interface Known {
  readonly name: string;
  /** The id of the network; default: what the manifest says. */
  readonly variant?: string | undefined;
}

/** The network that native weights with a manifest are of. Errors: as of `createVariant`. */
export function nativeNetwork({ weights, manifest }: LoadedWeights, { name, variant: wanted }: Known): Network {
  const { variant: id, dimensions, preprocessing, precision, labels, bytes, shards, licence, provenance } = manifest!;
  const variant = createVariant(wanted ?? id, dimensions);
  const network = readNetwork({
    name,
    variant: { ...variant, preprocessing }, // their own, whatever is usual
    weights,
    labels,
    facts: [
      ['Format', `native, ${precision}, ${(bytes / 1e6).toFixed(1)} MB in ${shards.length} files`],
      ...(provenance === undefined ? [] : [['From', provenance.source.slice(0, LONGEST)] as const]),
      ...(licence === undefined ? [] : [['Licence', licence.slice(0, LONGEST)] as const]),
    ],
    warnings: [],
  });
  const ownPreprocessing = canonical(preprocessing) !== canonical(variant.preprocessing);
  return { ...network, ownPreprocessing };
}

/** As text, whatever the order of its fields. */
function canonical(value: object): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Of a text in a manifest, which may be a whole licence. */
const LONGEST = 200;
