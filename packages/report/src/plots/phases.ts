import { labelOf, type Measurement, type Phase } from '@alexnet/benchmark';
import { type Html, html, numbers } from '../html.ts';
import { figure, label, leftOf, line, px, WIDTH } from './figure.ts';
import { linearScale, short } from './scale.ts';

const LEFT = 190;
const ROW = 34;

const phases: readonly { readonly phase: Phase; readonly title: string }[] = [
  { phase: 'load', title: 'set up the engine' },
  { phase: 'compile', title: 'compile, with weights in memory' },
  { phase: 'first-run', title: 'first image' },
  { phase: 'warm', title: 'second image' },
];

/** Where time goes until two images are done: the phases end to end, a bar per candidate. */
export function phasesPlot(variant: string, measurements: readonly Measurement[], width = WIDTH): Html {
  const left = leftOf(LEFT, width);
  const of = measurements.filter((m) => m.variant === variant && m.batch === 1);
  const candidates = [...new Set(of.map(labelOf))];
  const ms = (candidate: string, phase: Phase) =>
    of.find((m) => labelOf(m) === candidate && m.phase === phase)?.p50Ms ?? 0;
  const total = (candidate: string) => phases.reduce((sum, { phase }) => sum + ms(candidate, phase), 0);
  const height = 34 + candidates.length * ROW;
  const x = linearScale(Math.max(...candidates.map(total)), left, width - 70);
  const bars = candidates.map((candidate, row) => {
    let done = 0;
    const pieces = phases.map(({ phase, title }, p) => {
      const from = x.at(done);
      done += ms(candidate, phase);
      return html`<rect x="${px(from)}" y="${6 + row * ROW}" width="${px(x.at(done) - from)}" height="${ROW - 12}" class="bar edge p${p}"><title>${candidate}, ${title}: ${ms(candidate, phase).toFixed(1)} ms</title></rect>`;
    });
    return html`${label(left - 10, 6 + row * ROW + 16, candidate, 'end')}${pieces}${label(x.at(done) + 8, 6 + row * ROW + 16, `${short(done)} ms`, 'start', 'tick')}`;
  });
  return html`${figure(
    {
      title: `${variant}: where time goes until two images are done`,
      description: 'One bar per candidate: setting up the engine, compiling, the first image, the second image.',
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
    phases.map(({ title }, p) => ({ name: title, style: `p${p}` })),
  )}${numbers(
    ['candidate', ...phases.map(({ title }) => `${title}, ms`)],
    candidates.map((candidate) => [candidate, ...phases.map(({ phase }) => ms(candidate, phase).toFixed(1))]),
  )}`;
}
