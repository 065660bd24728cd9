import { encodeUtf8 } from './utf8.ts';

/** 32-bit FNV-1a (Fowler, Noll, Vo) of a string's UTF-8 bytes. */
export function fnv1a(text: string): number {
  return encodeUtf8(text).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}
