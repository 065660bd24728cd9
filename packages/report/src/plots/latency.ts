import { labelOf, type Measurement } from '@alexnet/benchmark';
import { type Html, html, numbers } from '../html.ts';
import { figure, label, leftOf, line, px, WIDTH } from './figure.ts';
import { logScale, short } from './scale.ts';

const LEFT = 190;
const ROW = 26;
const GAP = 36;

/** Latency with its interval, nothing where nothing was timed: a row per candidate and batch size, median, 95 % interval and 90th percentile, on a logarithmic axis. */
export function latencyPlot(variant: string, measurements: readonly Measurement[], width = WIDTH): Html {
  const left = leftOf(LEFT, width);
  const warm = measurements.filter((m) => m.variant === variant && m.phase === 'warm');
  if (warm.length === 0) return html``;
  const batches = [...new Set(warm.map(({ batch }) => batch))];
  const candidates = [...new Set(warm.map(labelOf))];
  const height = 34 + batches.length * (GAP + candidates.length * ROW);
  const x = logScale(
    Math.min(...warm.map(({ ciLowMs }) => ciLowMs)),
    Math.max(...warm.map(({ p90Ms }) => p90Ms)),
    left,
    width - 64,
  );
  let top = 0;
  const rows: Html[] = [];
  for (const batch of batches) {
    rows.push(label(0, top + 24, `batch ${batch}`, 'start', 'strong'));
    top += GAP;
    for (const m of warm.filter((row) => row.batch === batch).toSorted((a, b) => a.p50Ms - b.p50Ms)) {
      const s = candidates.indexOf(labelOf(m)) % 6;
      const y = top + ROW / 2;
      rows.push(
        html`<g>${label(left - 10, y + 4, labelOf(m), 'end', '')}${line(x.at(m.p50Ms), y, x.at(m.p90Ms), y, `thin s${s}`)}${line(x.at(m.ciLowMs), y, x.at(m.ciHighMs), y, `whisker s${s}`)}<circle cx="${px(x.at(m.p50Ms))}" cy="${px(y)}" r="5" class="mark s${s}"><title>${labelOf(m)}: ${m.p50Ms.toFixed(2)} ms (${m.ciLowMs.toFixed(2)} to ${m.ciHighMs.toFixed(2)})</title></circle>${label(x.at(Math.max(m.p90Ms, m.ciHighMs)) + 9, y + 4, `${short(m.p50Ms)} ms`, 'start', 'tick')}</g>`,
      );
      top += ROW;
    }
  }
  return html`${figure(
    {
      title: `${variant}: time of one run, milliseconds`,
      description:
        'Dot: median. Thick line: its 95 % confidence interval. Thin line: up to the 90th percentile. Logarithmic axis; left is faster.',
      width,
      height,
    },
    [
      ...x.ticks.map(
        (tick) =>
          html`${line(x.at(tick), 0, x.at(tick), height - 24, 'grid')}${label(x.at(tick), height - 6, short(tick), 'middle', 'tick')}`,
      ),
      ...rows,
    ],
  )}<p class="note">Dot: median; thick: its 95 % confidence interval; thin: up to the 90th percentile.</p>${numbers(
    [
      'batch',
      'candidate',
      'engine',
      'threads',
      'p50 ms',
      '95 % interval',
      'p90 ms',
      'p99 ms',
      'images/s',
      'samples',
      'outliers',
    ],
    warm.map((m) => [
      m.batch,
      labelOf(m),
      m.engine,
      m.threads,
      m.p50Ms.toFixed(2),
      `${m.ciLowMs.toFixed(2)} to ${m.ciHighMs.toFixed(2)}`,
      m.p90Ms.toFixed(2),
      m.p99Ms.toFixed(2),
      (m.imagesPerSecond ?? 0).toFixed(1),
      m.samples,
      m.outliers,
    ]),
  )}`;
}
