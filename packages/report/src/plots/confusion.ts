import { type Html, html, numbers } from '../html.ts';
import { figure, label, px, WIDTH } from './figure.ts';

/** More cells than a screen can show. */
const MOST_CLASSES = 100;
/** Names of more classes would lie over each other. */
const MOST_NAMED = 40;
const LEFT = 150;
const MOST_PAIRS = 20;

/** Which class was taken for which: a row for each true class, darker where more of its images went. Beneath it the most frequent mistakes. */
export function confusionPlot(
  confusion: readonly (readonly number[])[],
  classes: readonly string[],
  width = WIDTH,
): Html {
  const pairs = confusion
    .flatMap((row, label_) => row.map((count, predicted) => ({ count, label: label_, predicted })))
    .filter(({ count, label: own, predicted }) => count > 0 && own !== predicted)
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_PAIRS);
  const table =
    pairs.length === 0
      ? html`<p class="note">No image was taken for another class.</p>`
      : numbers(
          ['is', 'was taken for', 'images'],
          pairs.map(({ label: own, predicted, count }) => [classes[own]!, classes[predicted]!, count]),
        );
  if (classes.length > MOST_CLASSES) return table;
  const named = classes.length <= MOST_NAMED;
  const left = named ? LEFT : 0;
  const cell = Math.min(32, (Math.min(width, 760) - left) / classes.length);
  const cells = confusion.flatMap((row, own) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, predicted) => {
      const place = html`x="${px(left + predicted * cell)}" y="${px(own * cell)}" width="${px(cell)}" height="${px(cell)}"`;
      const share = total === 0 ? 0 : count / total;
      return html`<rect ${place} class="bar ${own === predicted ? 's2' : 's1'}" fill-opacity="${px(share)}"><title>${classes[own]!} taken for ${classes[predicted]!}: ${count} of ${total}</title></rect>`;
    });
  });
  const names = named
    ? classes.map((name, own) => label(left - 8, own * cell + cell / 2 + 4, shortened(name), 'end', 'tick'))
    : [];
  const side = classes.length * cell;
  const frame = html`<rect x="${px(left)}" y="0" width="${px(side)}" height="${px(side)}" fill="none" class="grid"/>`;
  return html`${figure(
    {
      title: 'Which class was taken for which',
      description:
        'A row for each true class, a column for each predicted one, in the same order; the diagonal is right.',
      width: Math.max(left + side, width),
      height: Math.ceil(side),
    },
    [...cells, frame, ...names],
    [
      { name: 'right', style: 's2' },
      { name: 'wrong', style: 's1' },
    ],
  )}<p class="note">Rows: what the images are. Columns, in the same order: what they were taken for.</p>${table}`;
}

function shortened(name: string): string {
  return name.length > 20 ? `${name.slice(0, 19)}…` : name;
}
