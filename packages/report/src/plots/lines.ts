import { type Html, html, numbers } from '../html.ts';
import { figure, label, line, px, WIDTH } from './figure.ts';
import { linearScale, short } from './scale.ts';

export interface Series {
  readonly name: string;
  /** Positions in order, each with its value. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface LinesOptions {
  readonly title: string;
  readonly description: string;
  /** What is counted along the axis: `step`, `epoch`. */
  readonly along: string;
  readonly series: readonly Series[];
  readonly width?: number;
}

const [LEFT, HEIGHT, BELOW, ABOVE] = [56, 260, 34, 10];

/** Values over steps or epochs, a line each, from 0. Nothing where there are no values. */
export function linesPlot({ title, description, along, series, width = WIDTH }: LinesOptions): Html {
  const all = series.flatMap(({ points }) => points);
  if (all.length === 0) return html``;
  const x = linearScale(Math.max(1, ...all.map(([at]) => at)), LEFT, width - 16);
  const y = linearScale(Math.max(...all.map(([, value]) => value)), HEIGHT - BELOW, ABOVE);
  const grid = [
    ...y.ticks.map(
      (tick) =>
        html`${line(LEFT, y.at(tick), width - 16, y.at(tick), 'grid')}${label(LEFT - 8, y.at(tick) + 4, short(tick), 'end', 'tick')}`,
    ),
    ...x.ticks.map((tick) => label(x.at(tick), HEIGHT - 14, short(tick), 'middle', 'tick')),
  ];
  const lines = series.map(
    ({ name, points }, s) =>
      html`<g class="s${s % 6}"><polyline fill="none" class="thin" points="${points.map(([at, value]) => `${px(x.at(at))},${px(y.at(value))}`).join(' ')}"><title>${name}</title></polyline>${
        points.length > 60
          ? ''
          : points.map(
              ([at, value]) =>
                html`<circle cx="${px(x.at(at))}" cy="${px(y.at(value))}" r="3" class="mark"><title>${name}, ${along} ${short(at)}: ${value.toPrecision(4)}</title></circle>`,
            )
      }</g>`,
  );
  const legend = series.map(({ name }, s) => ({ name, style: `s${s % 6}` }));
  return html`${figure({ title, description, width, height: HEIGHT }, [...grid, ...lines], legend)}${numbers(
    [along, ...series.map(({ name }) => name)],
    tableOf(series),
  )}`;
}

/** A row for each position that some series has. */
function tableOf(series: readonly Series[]): (string | number)[][] {
  const positions = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const values = series.map(({ points }) => new Map(points));
  return positions.map((at) => [at, ...values.map((own) => own.get(at)?.toPrecision(5) ?? '')]);
}
