import { stripVTControlCharacters } from 'node:util';
import type { Styles } from './colour.ts';

export interface TableOptions {
  /** Columns of numbers, aligned to the right. */
  readonly right?: readonly string[];
  readonly styles?: Styles;
}

/** Rows as aligned columns under a heading: the keys of the first row. Cells may be coloured. Nothing for no rows. */
export function table(
  rows: readonly Readonly<Record<string, string>>[],
  { right = [], styles }: TableOptions = {},
): string {
  const [first] = rows;
  if (first === undefined) return '';
  const columns = Object.keys(first).map((key) => ({
    key,
    width: Math.max(key.length, ...rows.map((row) => visible(row[key] ?? ''))),
    right: right.includes(key),
  }));
  const line = (cell: (key: string) => string) =>
    columns
      .map(({ key, width, right: toRight }) => {
        const space = ' '.repeat(width - visible(cell(key)));
        return toRight ? space + cell(key) : cell(key) + space;
      })
      .join('  ')
      .trimEnd();
  const heading = line((key) => key);
  return [styles?.dim(heading) ?? heading, ...rows.map((row) => line((key) => row[key] ?? ''))].join('\n');
}

/** How many characters a cell takes on the screen. */
function visible(cell: string): number {
  return Array.from(stripVTControlCharacters(cell)).length;
}
