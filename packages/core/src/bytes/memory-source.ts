import { type ByteSource, checkRange } from './byte-source.ts';

/** Bytes in memory; what is read are views. */
export function memorySource(bytes: Uint8Array, name = 'bytes'): ByteSource {
  const source = { name, size: bytes.length };
  return {
    ...source,
    async read(offset, length, options) {
      checkRange(source, offset, length, options);
      return bytes.subarray(offset, offset + length);
    },
  };
}
