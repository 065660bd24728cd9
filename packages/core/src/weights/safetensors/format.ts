import { AlexNetError } from '../../error.ts';

/*
 * The safetensors format (github.com/huggingface/safetensors):
 *
 *   8 bytes   length of the header, unsigned 64-bit little-endian
 *   header    JSON: { "name": { "dtype": "F32", "shape": [..], "data_offsets": [begin, end] }, ..., "__metadata__": { "key": "text" } },
 *             padded with spaces
 *   data      the tensors' bytes, row-major, little-endian; offsets count from here; no holes, no overlap, nothing after the end
 */

/** The limit of the reference implementation. */
export const MAX_HEADER_BYTES = 100_000_000;
/** Bytes before the header. */
export const PREFIX_BYTES = 8;
/** Tensors begin at multiples of this: WebGPU's default `minStorageBufferOffsetAlignment`. */
export const ALIGNMENT = 256;
/** The header entry that is not a tensor. */
export const METADATA_KEY = '__metadata__';

/** Tensors that only fill space: written where a tensor would not be aligned otherwise, left out when read. */
export function isPadName(name: string): boolean {
  return /^__pad\d+$/.test(name);
}

/** Names that would reach an object's prototype in a careless reader. */
export function isForbiddenName(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}

/** A name or value from a file for a message: quoted, and cut when it has no end. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text);
}

/** The `where` of an error about one tensor. */
export function tensorNamed(name: string): string {
  return `tensor ${quote(name)}`;
}

export function invalidFile(message: string, where: string, cause?: unknown): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message,
    where,
    fix: 'The file is damaged or is not a safetensors file: get it again from its source.',
    ...(cause === undefined ? {} : { cause }),
  });
}
