import { concatBytes } from '@alexnet/core';

/** Builds pickles for tests: bytes as they are, and letters as their codes. */
export function pickleBytes(...parts: readonly (string | number | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return concatBytes(
    parts.map((part) => {
      if (typeof part === 'number') return Uint8Array.of(part);
      return typeof part === 'string' ? Uint8Array.from(part, (letter) => letter.charCodeAt(0)) : part;
    }),
  );
}

/** Little-endian bytes of a number. */
export function littleEndian(value: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
}

export const short = (text: string): Uint8Array => pickleBytes('X', littleEndian(text.length, 4), text);
export const int = (value: number): Uint8Array => pickleBytes('J', littleEndian(value >>> 0, 4));
export const tuple = (...items: readonly (string | Uint8Array)[]): Uint8Array => pickleBytes('(', ...items, 't');
export const dict = (entries: Readonly<Record<string, string | Uint8Array>>): Uint8Array =>
  pickleBytes('}(', ...Object.entries(entries).flatMap(([key, value]) => [short(key), value]), 'u');
