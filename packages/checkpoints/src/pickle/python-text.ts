import { fromLatin1 } from './values.ts';

const BACKSLASH = 0x5c;

/** What stands for one byte after a backslash in a string literal of Python. */
const escapes: Readonly<Record<string, number>> = {
  '\\': 0x5c,
  "'": 0x27,
  '"': 0x22,
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
};

/** The bytes of a Python 2 string literal, quotes around it; undefined when it is none. */
export function parsePythonString(line: Uint8Array): Uint8Array | undefined {
  const quote = line[0];
  const end = line.length - 1;
  if (end < 1 || (quote !== 0x27 && quote !== 0x22) || line[end] !== quote) return undefined;
  const bytes = new Uint8Array(end);
  let length = 0;
  for (let at = 1; at < end; at++) {
    const byte = line[at]!;
    if (byte === quote) return undefined;
    if (byte !== BACKSLASH) {
      bytes[length++] = byte;
      continue;
    }
    const [, code] =
      /^(x[\da-f]{2}|[0-7]{1,3}|[\\'"abtnvfr])/i.exec(fromLatin1(line.subarray(at + 1, Math.min(at + 4, end)))) ?? [];
    if (code === undefined) return undefined;
    bytes[length++] = codeValue(code);
    at += code.length;
  }
  return bytes.slice(0, length);
}

function codeValue(code: string): number {
  if (code.length > 1 && code.startsWith('x')) return Number.parseInt(code.slice(1), 16);
  return escapes[code] ?? Number.parseInt(code, 8);
}

/** Text in Python's raw-unicode-escape: Latin-1 with `\uXXXX` and `\UXXXXXXXX`; undefined for a code point that does not exist. */
export function parseRawUnicode(line: Uint8Array): string | undefined {
  let valid = true;
  const text = fromLatin1(line).replace(
    /\\u([\da-fA-F]{4})|\\U([\da-fA-F]{8})/g,
    (whole, short?: string, long?: string) => {
      const point = Number.parseInt(short ?? long ?? '', 16);
      if (point <= 0x10ffff) return String.fromCodePoint(point);
      valid = false;
      return whole;
    },
  );
  return valid ? text : undefined;
}
