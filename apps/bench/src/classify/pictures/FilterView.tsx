import { useMemo } from 'preact/hooks';
import type { Network } from '../network.ts';
import { filterPicture } from './filters.ts';
import { PictureCanvas } from './PictureCanvas.tsx';

/** The filters of the first layer: what the network looks for before anything else. */
export function FilterView({ network: { variant, weights } }: { readonly network: Network }) {
  const filters = useMemo(
    () => filterPicture(variant.graph, weights, variant.preprocessing.channels),
    [variant, weights],
  );
  if (filters === undefined) return null;
  const { picture, layer, shape } = filters;
  return (
    <figure class="filters">
      <h3>Filters of the first layer</h3>
      <PictureCanvas picture={picture} label={`The ${shape[0]} filters of ${layer} as small pictures`} />
      <figcaption class="note">
        {layer}: {shape[0]} filters of {shape.slice(1).join(' x ')}, each from its smallest weight to its largest.
      </figcaption>
    </figure>
  );
}
