import type { ByteSource, ReadOptions } from '@alexnet/core';

/** A field of the outermost message, by its number; whether it has bytes, or is a number. */
export interface TopField {
  readonly number: number;
  readonly bytes: boolean;
}

/** A tag and a length, each a varint of at most 10 bytes. */
const WINDOW = 20;
/** Enough to see all kinds of fields: a caffemodel has some 25 layers. */
const MAX_FIELDS = 64;

/**
 * The first fields of a file that may be a protocol buffer, without their contents; undefined as soon as something is none. A field that is
 * cut off by the end of the file still counts: its reader can tell better what is missing.
 */
export async function topFields(source: ByteSource, options: ReadOptions): Promise<readonly TopField[] | undefined> {
  const fields: TopField[] = [];
  let at = 0;
  while (at < source.size && fields.length < MAX_FIELDS) {
    const window = await source.read(at, Math.min(WINDOW, source.size - at), options);
    const tag = varint(window, 0);
    const type = tag && tag.value % 8;
    if (tag === undefined || tag.value < 8 || tag.value >= 2 ** 32) return undefined;
    const content = type === 0 || type === 2 ? varint(window, tag.end) : undefined;
    const length = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? content?.value : 0;
    if (length === undefined || (type === 0 && content === undefined) || type === 3 || type === 4 || type! > 5)
      return undefined;
    fields.push({ number: Math.floor(tag.value / 8), bytes: type === 2 });
    at += (content?.end ?? tag.end) + length;
  }
  return fields;
}

function varint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = start; i < Math.min(bytes.length, start + 10); i++) {
    value += (bytes[i]! & 0x7f) * 2 ** (7 * (i - start));
    if (bytes[i]! < 0x80) return { value, end: i + 1 };
  }
  return undefined;
}
