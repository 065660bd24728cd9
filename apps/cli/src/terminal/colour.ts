import { styleText } from 'node:util';

/** Styles for people's output. Without colours every style is the identity. */
export interface Styles {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
}

const plain = (text: string) => text;
const colourless: Styles = { bold: plain, dim: plain, good: plain, bad: plain, warn: plain };
/** Unless told not to, `styleText` looks at standard output, although the text may go to standard error. */
const styled = (format: 'bold' | 'dim' | 'green' | 'red' | 'yellow') => (text: string) =>
  styleText(format, text, { validateStream: false });
const coloured: Styles = {
  bold: styled('bold'),
  dim: styled('dim'),
  good: styled('green'),
  bad: styled('red'),
  warn: styled('yellow'),
};

/** Colours on a terminal; NO_COLOR and FORCE_COLOR decide where they are set (no-color.org, force-color.org). */
export function stylesFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Styles {
  if (env['NO_COLOR']) return colourless;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] === '0' ? colourless : coloured;
  return stream.isTTY === true ? coloured : colourless;
}
