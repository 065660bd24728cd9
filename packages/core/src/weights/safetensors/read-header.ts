import type { ByteSource, ReadOptions } from '../../bytes/byte-source.ts';
import { isPadName, PREFIX_BYTES } from './format.ts';
import { type Header, type HeaderEntry, headerLength, readHeader } from './header.ts';
import { checkLayout } from './read.ts';

export interface SafetensorsHeader extends Header {
  /** By name, in the header's order, without pad tensors; offsets count from `dataStart`. */
  readonly tensors: ReadonlyMap<string, HeaderEntry>;
}

/**
 * Reads and checks what a safetensors file says of its tensors, and none of them. Errors: `invalid-file`, `aborted`.
 */
export async function readSafetensorsHeader(source: ByteSource, options: ReadOptions = {}): Promise<SafetensorsHeader> {
  const prefix = await source.read(0, Math.min(PREFIX_BYTES, source.size), options);
  const length = headerLength(prefix, source.size);
  const header = readHeader(await source.read(0, PREFIX_BYTES + length, options));
  checkLayout(header.entries, source.size - header.dataStart);
  const tensors = header.entries.filter(({ name }) => !isPadName(name)).map((entry) => [entry.name, entry] as const);
  return { ...header, tensors: new Map(tensors) };
}
