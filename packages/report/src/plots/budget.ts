import { type BackendReport, type Check, numberOf } from '@alexnet/conformance';
import { type Html, html, numbers } from '../html.ts';
import { figure, label, line, px, WIDTH } from './figure.ts';
import { logScale, short } from './scale.ts';

const HEIGHT = 300;
const LEFT = 64;
const BOTTOM = 70;

/** Error against budget with f32 weights: for each layer of a network the worst element of each backend, as a share of what a correct kernel may err. */
export function budgetPlot(variant: string, reports: readonly BackendReport[], width = WIDTH): Html {
  const layersOf = ({ checks }: BackendReport) =>
    checks.filter((check) => check.variant === variant && check.layer !== undefined && check.precision === undefined);
  const layers = [...new Set(reports.flatMap((report) => layersOf(report).map(({ layer }) => layer!)))];
  const series = reports.map((report) => {
    const worst = new Map<string, number>();
    for (const { layer, maxRatio } of layersOf(report))
      worst.set(layer!, Math.max(worst.get(layer!) ?? 0, numberOf(maxRatio ?? 'Infinity')));
    return { name: report.backend.id, worst };
  });
  const highest = Math.max(1, ...series.flatMap(({ worst }) => [...worst.values()].filter(Number.isFinite)));
  const y = logScale(1e-4, highest * 2, HEIGHT - BOTTOM, 12);
  const step = (width - LEFT - 12) / Math.max(1, layers.length);
  const x = (index: number, s: number) =>
    LEFT + step * (index + 0.5) + (s - (series.length - 1) / 2) * Math.min(9, step / (series.length + 1));
  const point = (ratio: number, index: number, s: number) =>
    html`<circle cx="${px(x(index, s))}" cy="${px(y.at(Math.max(ratio, 1e-9)))}" r="4.5" class="mark s${s % 6} ${ratio === 0 ? 'hollow' : ''} ${ratio > 1 ? 'over' : ''}"><title>${series[s]!.name}, ${layers[index]!}: ${shown(ratio)}</title></circle>`;

  return html`${figure(
    {
      title: `${variant}: error against budget, layer by layer`,
      description: `Each point is the worst element of one layer on one backend, as a share of the error that a correct float32 kernel may make. All points below the line at 1 pass.`,
      width,
      height: HEIGHT,
    },
    [
      ...y.ticks.map(
        (tick) =>
          html`${line(LEFT, y.at(tick), width - 12, y.at(tick), 'grid')}${label(LEFT - 8, y.at(tick) + 4, short(tick), 'end', 'tick')}`,
      ),
      line(LEFT, y.at(1), width - 12, y.at(1), 'budget'),
      label(width - 14, y.at(1) - 6, 'budget', 'end', 'budget-label'),
      ...layers.map((layer, i) => {
        const at = LEFT + step * (i + 0.5);
        return html`<text transform="translate(${px(at + 4)} ${HEIGHT - BOTTOM + 14}) rotate(-50)" text-anchor="end" class="tick">${layer}</text>`;
      }),
      ...series.flatMap(({ worst }, s) =>
        layers.flatMap((layer, i) => (worst.has(layer) ? [point(worst.get(layer)!, i, s)] : [])),
      ),
    ],
    series.map(({ name }, s) => ({ name, style: `s${s % 6}` })),
  )}<p class="note">Hollow: exact, not one bit differs.</p>${numbers(
    ['layer', ...series.map(({ name }) => name)],
    layers.map((layer) => [
      layer,
      ...series.map(({ worst }) => (worst.has(layer) ? shown(worst.get(layer)!) : 'not run')),
    ]),
  )}`;
}

function shown(ratio: number): string {
  return ratio === 0 ? 'exact' : `${short(100 * ratio)} %`;
}

/** Networks that layers were checked of, in order. */
export function networksOf(reports: readonly BackendReport[]): string[] {
  const named = (check: Check) => (check.layer !== undefined && check.variant !== undefined ? [check.variant] : []);
  return [...new Set(reports.flatMap(({ checks }) => checks.flatMap(named)))];
}
