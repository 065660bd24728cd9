import { type Cells, type ErrorMap, numberOf } from '@alexnet/conformance';
import { type Html, html } from '../html.ts';
import { figure, px } from './figure.ts';
import { short } from './scale.ts';

const CELL = 11;
/** A map of few cells is not blown up. */
const SHORTEST = 16;
const titles = { channels: 'over channels', space: 'over the image', features: 'over features' } as const;

/** Where a tensor is wrong: every cell coloured by its worst element, in shares of the budget. `of` names the check. */
export function errorMapPlot(of: string, { cells, wrong, elements, first, last, samples, batch }: ErrorMap): Html {
  return html`<p class="note">${wrong} of ${elements} elements are wrong, from [${first.join(', ')}] to [${last.join(', ')}]${batch === 1 ? '' : `, in ${samples.length === batch ? 'all' : samples.join(', ')} of ${batch} samples`}.</p>
<div class="maps">${cells.map((grid) => map(of, grid))}</div>`;
}

function map(of: string, grid: Cells): Html {
  const { rows, cols, worst } = grid;
  const title = `${of}: error ${titles[grid.of]}`;
  return figure(
    {
      title: `Error ${titles[grid.of]}, ${cellText(grid)}`,
      description: `${title}. ${rows} by ${cols} cells; ${worst.filter((ratio) => numberOf(ratio) > 1).length} of ${worst.length} hold a wrong element.`,
      width: Math.max(cols, SHORTEST) * CELL,
      height: rows * CELL,
    },
    worst.map((ratio, i) => {
      const [row, col] = [Math.floor(i / cols), i % cols];
      return html`<rect x="${px(col * CELL)}" y="${px(row * CELL)}" width="${CELL}" height="${CELL}" class="cell e${shade(numberOf(ratio))}"><title>${label(grid, row, col)}: ${amount(numberOf(ratio))}</title></rect>`;
    }),
  );
}

/** 0 and 1 pass: exact, within budget. 2 to 5 fail: up to 10, 1,000 and 100,000 times the budget, and beyond. */
function shade(ratio: number): number {
  if (!(ratio > 0)) return ratio === 0 ? 0 : 5;
  if (ratio <= 1) return 1;
  return ratio <= 10 ? 2 : ratio <= 1e3 ? 3 : ratio <= 1e5 ? 4 : 5;
}

function amount(ratio: number): string {
  if (ratio === 0) return 'exact';
  return Number.isFinite(ratio) ? `${short(ratio)} times its budget` : 'beyond any budget';
}

function cellText({ of, perCell }: Cells): string {
  if (of === 'space')
    return perCell.every((extent) => extent === 1) ? 'a cell a pixel' : `a cell ${perCell.join(' x ')} pixels`;
  const one = of === 'channels' ? 'channel' : 'feature';
  return perCell[0] === 1 ? `a cell a ${one}` : `a cell ${perCell[0]} ${of}`;
}

function label({ of, cols, perCell }: Cells, row: number, col: number): string {
  if (of === 'space') return `row ${row * perCell[0]!}, column ${col * perCell[1]!}`;
  return `${of === 'channels' ? 'channel' : 'feature'} ${(row * cols + col) * perCell[0]!}`;
}
