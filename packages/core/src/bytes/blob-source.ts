import { AlexNetError } from '../error.ts';
import { type ByteSource, checkRange } from './byte-source.ts';

/** A `Blob` or `File`, such as one that was dropped on a page: only what is read is in memory. */
export function blobSource(blob: Blob, name = 'name' in blob ? String(blob.name) : 'blob'): ByteSource {
  const source = { name, size: blob.size };
  return {
    ...source,
    async read(offset, length, options) {
      checkRange(source, offset, length, options);
      try {
        return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch (cause) {
        // a file that was changed or removed after it was chosen
        throw new AlexNetError({
          code: 'invalid-file',
          message: `The file can no longer be read`,
          where: name,
          fix: 'Choose it again.',
          cause,
        });
      }
    },
  };
}
