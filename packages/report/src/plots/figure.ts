import { type Html, html } from '../html.ts';

/** How wide a plot is drawn on a page of a desk; it is shown as wide as the page. Narrower, its text is larger there. */
export const WIDTH = 960;

/** The room for names at the left: on a narrow plot they take a third. */
export function leftOf(wanted: number, width: number): number {
  return Math.min(wanted, Math.round(width / 3));
}

export interface FigureOptions {
  readonly title: string;
  /** What the plot says, for those who do not see it. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
}

/** `s0` to `s5` are the colours of backends, the same in all plots; `p0` to `p3` of parts of a whole. */
export interface LegendEntry {
  readonly name: string;
  readonly style: string;
}

/** An SVG picture with a name and a description; it grows and shrinks with the page. */
export function figure(
  { title, description, width, height }: FigureOptions,
  content: readonly Html[],
  legend: readonly LegendEntry[] = [],
): Html {
  return html`<figure><figcaption>${title}</figcaption>
${legend.length === 0 ? '' : html`<p class="legend">${legend.map(({ name, style }) => html`<span class="series ${style}"><i></i>${name}</span>`)}</p>`}
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}"><title>${title}</title><desc>${description}</desc>${content}</svg></figure>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, style: string): Html {
  return html`<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" class="${style}"/>`;
}

export function label(
  x: number,
  y: number,
  text: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
  style = '',
): Html {
  return html`<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" class="${style}">${text}</text>`;
}

/** Two decimals: enough for a screen, and the same text everywhere. */
export function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}
