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
const coloured: Styles = {
  bold: (text) => styleText('bold', text),
  dim: (text) => styleText('dim', text),
  good: (text) => styleText('green', text),
  bad: (text) => styleText('red', text),
  warn: (text) => styleText('yellow', text),
};

/** Colours on a terminal; NO_COLOR and FORCE_COLOR decide where they are set (no-color.org, force-color.org). */
export function stylesFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Styles {
  if (env['NO_COLOR']) return colourless;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] === '0' ? colourless : coloured;
  return stream.isTTY === true ? coloured : colourless;
}
