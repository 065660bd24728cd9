import { type BenchmarkReport, type LayerRecord, labelOf, type RooflineRecord } from '@alexnet/benchmark';
import type { Styles } from './colour.ts';
import { table } from './table.ts';

/** How near a network comes to what each backend reaches at best, and its layers where a backend times them; nothing where neither was measured. */
export function rooflineText(
  { rooflines = [], layers = [] }: Pick<BenchmarkReport, 'rooflines' | 'layers'>,
  variant: string,
  styles: Styles,
): string[] {
  const networks = rooflines.filter((record) => record.variant === variant);
  const timed = layers.filter((record) => record.variant === variant);
  return [
    ...(networks.length === 0
      ? []
      : [
          table(networks.map(networkRow), {
            right: ['batch', 'reads GB/s', 'GMAC/s', 'at least ms', 'of ceiling'],
            styles,
          }),
          '',
        ]),
    ...(timed.length === 0
      ? []
      : [table(timed.map(layerRow), { right: ['batch', 'ms', 'at least ms', 'of ceiling'], styles }), '']),
  ];
}

function networkRow(record: RooflineRecord): Record<string, string> {
  const { batch, bytesPerSecond, macsPerSecond, floorMs, share } = record;
  return {
    candidate: labelOf(record),
    batch: String(batch),
    'reads GB/s': (bytesPerSecond / 1e9).toFixed(1),
    'GMAC/s': (macsPerSecond / 1e9).toFixed(1),
    'at least ms': ms(floorMs),
    'of ceiling': share === undefined ? '' : percent(share),
  };
}

function layerRow(record: LayerRecord): Record<string, string> {
  const { batch, nodes, floorMs, bound = '' } = record;
  return {
    candidate: labelOf(record),
    batch: String(batch),
    layer: nodes,
    ms: ms(record.ms),
    'at least ms': floorMs === undefined ? '' : ms(floorMs),
    'of ceiling': floorMs === undefined || record.ms === 0 ? '' : percent(floorMs / record.ms),
    'held up by': bound,
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function ms(value: number): string {
  return value.toFixed(value < 10 ? 3 : 1);
}
