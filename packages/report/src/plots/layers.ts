import { type BenchmarkReport, type LayerRecord, labelOf, type RooflineRecord } from '@alexnet/benchmark';
import { grid, type Html, html, numbers } from '../html.ts';
import { figure, label, leftOf, line, px, WIDTH } from './figure.ts';
import { linearScale, short } from './scale.ts';

const LEFT = 240;
const ROW = 24;

type Measured = Pick<BenchmarkReport, 'rooflines' | 'layers'>;

/** How near a network comes to what each backend reaches at best, a row per backend and batch size; nothing where that was not measured. */
export function ceilingTable(variant: string, { rooflines = [] }: Measured): Html {
  const rows = rooflines.filter((record) => record.variant === variant).map(ceilingRow);
  if (rows.length === 0) return html``;
  return html`<h3>${variant}: how near to the ceiling</h3>
<p class="note">Measured through each backend: weights of 134 MB read once, and 3x3 convolutions. The least a layer can take is reading its weights, or multiplying, at these rates; above 100 % it does better than what was taken for the best.</p>${grid(
    ['backend', 'batch', 'reads, GB/s', 'multiply-accumulates, G/s', 'at least, ms', 'share of the ceiling'],
    rows,
  )}`;
}

/** Time per layer on the device beside the least it can take, a picture per backend and batch size, where a backend times its layers. */
export function layersPlot(variant: string, { layers = [] }: Measured, width = WIDTH): Html {
  const of = layers.filter((record) => record.variant === variant);
  const groups = new Map<string, LayerRecord[]>();
  for (const record of of) {
    const key = `${labelOf(record)}, batch ${record.batch}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return html`${[...groups].map(([name, records]) => plot(`${variant} on ${name}`, records, width))}`;
}

function plot(name: string, records: readonly LayerRecord[], width: number): Html {
  const left = leftOf(LEFT, width);
  const height = 34 + records.length * ROW;
  const x = linearScale(Math.max(...records.flatMap(({ ms, floorMs = 0 }) => [ms, floorMs])), left, width - 110);
  const floored = records.some(({ floorMs }) => floorMs !== undefined);
  const bars = records.map((record, row) => {
    const { nodes, ms, floorMs } = record;
    const y = 4 + row * ROW;
    const floor =
      floorMs === undefined
        ? ''
        : html`<rect x="${px(left)}" y="${y}" width="${px(x.at(floorMs) - left)}" height="${ROW - 8}" class="bar p1"><title>${nodes}: at least ${short(floorMs)} ms</title></rect>`;
    return html`<g>${label(left - 10, y + 13, nodes, 'end')}<rect x="${px(left)}" y="${y}" width="${px(x.at(ms) - left)}" height="${ROW - 8}" class="bar p0"><title>${nodes}: ${short(ms)} ms</title></rect>${floor}${label(x.at(Math.max(ms, floorMs ?? 0)) + 8, y + 13, `${short(ms)} ms${share(record)}`, 'start', 'tick')}</g>`;
  });
  return html`${figure(
    {
      title: `${name}: time per layer`,
      description:
        'One bar per layer: what the device took, and within it the least that reading weights or multiplying can take.',
      width,
      height,
    },
    [
      ...x.ticks.map(
        (tick) =>
          html`${line(x.at(tick), 0, x.at(tick), height - 24, 'grid')}${label(x.at(tick), height - 6, short(tick), 'middle', 'tick')}`,
      ),
      ...bars,
    ],
    [{ name: 'device time, ms', style: 'p0' }, ...(floored ? [{ name: 'the least it can take', style: 'p1' }] : [])],
  )}${numbers(
    ['layer', 'ms', 'at least, ms', 'held up by'],
    records.map(({ nodes, ms, floorMs, bound }) => [nodes, ms.toFixed(3), floorMs?.toFixed(3) ?? '', bound ?? '']),
  )}`;
}

function ceilingRow(record: RooflineRecord): (string | number)[] {
  const { batch, bytesPerSecond, macsPerSecond, floorMs, share: part } = record;
  return [
    labelOf(record),
    batch,
    (bytesPerSecond / 1e9).toFixed(1),
    (macsPerSecond / 1e9).toFixed(1),
    floorMs.toFixed(2),
    part === undefined ? '' : percent(part),
  ];
}

function share({ ms, floorMs }: LayerRecord): string {
  return floorMs === undefined || ms === 0 ? '' : `, ${percent(floorMs / ms)} of the ceiling`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(0)} %`;
}
