/*
 * UTF-8 without TextEncoder and TextDecoder: those belong to the web platform, and the core runs in bare engines too.
 */

/** The UTF-8 bytes of a string. A lone surrogate becomes U+FFFD, as in TextEncoder. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0)!;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    const tail = (shift: number) => 0x80 | ((code >> shift) & 0x3f);
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(0));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(6), tail(0));
    else bytes.push(0xf0 | (code >> 18), tail(12), tail(6), tail(0));
  }
  return Uint8Array.from(bytes);
}

/** The string that UTF-8 bytes stand for, or undefined when they are not valid UTF-8 (overlong forms, surrogates, cut sequences). */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  const parts: string[] = [];
  let points: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at++]!;
    const tails = lead < 0x80 ? 0 : lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : 3;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4) return undefined;
    let point = tails === 0 ? lead : lead & (0x3f >> tails);
    for (let i = 0; i < tails; i++, at++) {
      const tail = bytes[at];
      if (tail === undefined || (tail & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (tail & 0x3f);
    }
    if (point < SMALLEST[tails]! || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined;
    if (points.push(point) === CHUNK) {
      parts.push(String.fromCodePoint(...points));
      points = [];
    }
  }
  return parts.join('') + String.fromCodePoint(...points);
}

/** The smallest code point that needs so many continuation bytes. */
const SMALLEST = [0, 0x80, 0x800, 0x10000];
/** Few enough arguments for one call in every engine. */
const CHUNK = 4096;
